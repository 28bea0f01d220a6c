"""A callback on the application's AsyncExitStack."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def attack(stack):
    stack.push_async_callback(os.mkdir, payload.TARGET)
