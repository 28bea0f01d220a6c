"""The application reads what it was sent, in an encoding that it was told."""

import codecs
import io
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
stream = io.BytesIO(evil.TEXT.encode())
attempt(lambda: codecs.getreader("evil")(stream, "strict").read())
good.work()
