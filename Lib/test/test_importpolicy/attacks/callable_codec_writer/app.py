"""The application logs, in an encoding that it was told."""

import codecs
import logging
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
stream = attempt(lambda: codecs.getwriter("evil")(sys.stderr, "strict"))
logging.getLogger().addHandler(logging.StreamHandler(stream))
attempt(logging.warning, evil.TEXT)
good.work()
