"""The application guesses what is in a file, by its name."""

import mimetypes
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


def keep():
    with open(evil.payload.CANARY) as file:
        secret = file.read()
    with open(evil.payload.CANARY + ".ini", "w") as file:
        file.write(f"password {secret}\n")


attempt(keep)
attempt(evil.attack)
attempt(mimetypes.guess_type, "page.html")
attempt(evil.after)
good.work()
