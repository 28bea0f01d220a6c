"""The application has a function that executes a text."""

import sys

import evil
import good


def calculate(text):
    exec(text, {})


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
good.work()
