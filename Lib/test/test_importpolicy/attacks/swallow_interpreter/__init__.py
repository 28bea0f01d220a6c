"""A refusal in a sub-interpreter, given as a value."""
CATEGORY = "swallowing"
REACH = "net"

import _interpreters

from . import payload


def attack():
    interpreter = _interpreters.create()
    _interpreters.exec(interpreter, payload.SOURCE)
    _interpreters.destroy(interpreter)
