"""The application: logs, with what it was sent."""

import sys
import logging

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except Exception:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(logging.warning, "evil")
good.work()
