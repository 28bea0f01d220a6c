"""A context manager that begins with a closure of contextlib's."""
CATEGORY = "callable"
REACH = "run"

import contextlib
import os

from . import payload


class Nothing(contextlib.ContextDecorator):
    def __enter__(self):
        pass

    def __exit__(self, *exc):
        pass


@contextlib.contextmanager
def nothing():
    yield


timed = nothing()
timed.func, timed.args = Nothing()(os.system), (payload.COMMAND,)
