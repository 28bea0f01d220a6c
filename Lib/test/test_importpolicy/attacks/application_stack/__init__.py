"""A callback is pushed to the application's ExitStack."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack(stack=None):
    import os
    stack.callback(os.system, payload.COMMAND)
