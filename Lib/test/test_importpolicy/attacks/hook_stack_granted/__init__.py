"""A granted function in an ExitStack."""
CATEGORY = "borrowed"
REACH = "run"

import contextlib

from . import payload


def make():
    import good
    stack = contextlib.ExitStack()
    stack.callback(good.start, payload.COMMAND)
    return stack
