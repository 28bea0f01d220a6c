"""The application derives a dataclass."""

import dataclasses
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())



def derive():
    @dataclasses.dataclass
    class Own(evil.Base):
        more: int = 1


attempt(evil.attack)
attempt(derive)
good.work()
