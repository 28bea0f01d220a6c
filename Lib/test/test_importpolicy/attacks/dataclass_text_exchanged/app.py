"""The application makes a dataclass."""

import dataclasses
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())



def make():
    @dataclasses.dataclass
    class Own:
        value: int


attempt(evil.attack)
attempt(make)
good.work()
