"""A callback on the application's ExitStack."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def attack(stack):
    stack.callback(os.mkdir, payload.TARGET)
