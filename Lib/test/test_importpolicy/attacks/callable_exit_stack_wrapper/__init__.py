"""A callback pushed past ExitStack.callback()."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def attack(stack):
    stack._push_exit_callback(
        stack._create_cb_wrapper(os.mkdir, payload.TARGET))
