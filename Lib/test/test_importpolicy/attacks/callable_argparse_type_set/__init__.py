"""The type of the application's own option becomes a C function."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def attack(action):
    action.type = os.mkdir
    action.default = payload.TARGET
