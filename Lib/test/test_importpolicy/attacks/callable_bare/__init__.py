"""A C function that the application calls, with what evil gave."""
CATEGORY = "callable"
REACH = "write"
BEYOND = (
    "A bare C function has no author: what the application calls is the "
    "application's. List __main__ in $permissions to restrict it.")

import os

from . import payload

function = os.mkdir
TARGET = payload.TARGET
