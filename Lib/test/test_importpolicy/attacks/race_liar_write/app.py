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


file = io.TextIOWrapper(evil.Buffer(), encoding="utf-8")
for _ in range(2):
    attempt(evil.attack, file)
    attempt(file.write, "# text\n")
    attempt(file.flush)
good.work()
