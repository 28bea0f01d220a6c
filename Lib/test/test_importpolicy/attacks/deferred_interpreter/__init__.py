"""A sub-interpreter of the application's, in which evil runs code."""
CATEGORY = "deferred"
REACH = "write"

import _interpreters

from . import payload


def attack(interpreter):
    _interpreters.exec(interpreter, payload.SOURCE)
