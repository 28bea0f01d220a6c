"""The application recodes what it writes."""

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


file = codecs.EncodedFile(io.BytesIO(), "latin-1", "utf-8")
attempt(evil.attack, file)
attempt(file.write, evil.TEXT)
good.work()
