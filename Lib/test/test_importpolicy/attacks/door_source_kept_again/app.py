"""The application looks at an exception, and shows it to nobody."""

import sys
import traceback

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


try:
    evil.attack()
except Exception:
    text = traceback.format_exc()
good.work()
attempt(evil.after)
