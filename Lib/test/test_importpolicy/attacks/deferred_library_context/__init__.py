"""A context manager of the standard library, entered by the application."""
CATEGORY = "deferred"
REACH = "write"

import contextlib
import os

from . import payload


@contextlib.contextmanager
def nothing():
    yield


def make():
    stack = contextlib.ExitStack()
    stack.callback(os.mkdir, payload.TARGET)
    return contextlib.closing(stack)
