"""A C function as the key of the application's sort."""
CATEGORY = "callable"
REACH = "write"
BEYOND = (
    "A bare C function has no author, and the application hands it to "
    "sorted(). List __main__ in $permissions to restrict it.")

import os

from . import payload

key = os.mkdir
ITEMS = [payload.TARGET]
