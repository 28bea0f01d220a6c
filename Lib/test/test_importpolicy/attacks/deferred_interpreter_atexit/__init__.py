"""The same, which leaves something to be done at its end."""
CATEGORY = "deferred"
REACH = "write"

import _interpreters

from . import payload


def attack(interpreter):
    _interpreters.exec(interpreter, "import atexit, os; "
                       f"atexit.register(os.mkdir, {payload.TARGET!r})")
