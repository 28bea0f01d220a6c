"""A bound method before the application forks."""
CATEGORY = "deferred"
REACH = "write"

import os
import pathlib

from . import payload


def attack():
    os.register_at_fork(before=pathlib.Path(payload.TARGET).touch)
