"""The application makes a text file of what evil has, and writes into it."""

import io
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


file = io.TextIOWrapper(evil.buffer, encoding="utf-8")


def write(text):
    print(text, file=file, flush=True)


attempt(evil.attack, write)
good.work()
