"""A function of C says what the time zone of a time is called."""
CATEGORY = "callable"
REACH = "run"
BEYOND = (
    "C code calls a method by its name, which is found in the object's class "
    "or in the object: a bare C function has no author. List __main__ in "
    "$permissions to restrict it.")

import datetime
import os

from . import payload


class Zone(datetime.tzinfo):
    tzname = os.system


class Time(datetime.datetime):

    def __fspath__(self):
        return payload.COMMAND


time = Time(2020, 1, 1, tzinfo=Zone())


def attack():
    pass
