"""The attempt is made at exit."""
CATEGORY = "swallowing"
REACH = "run"

import atexit

from . import payload


def attack():
    atexit.register(payload.act)
