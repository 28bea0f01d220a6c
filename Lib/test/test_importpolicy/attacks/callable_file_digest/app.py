"""The application digests what it has got."""

import hashlib
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(hashlib.file_digest, evil.File(), evil.Digest)
good.work()
