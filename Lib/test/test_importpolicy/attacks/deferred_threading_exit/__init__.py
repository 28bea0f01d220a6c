"""A bound method is put into the list of what threading calls at exit."""
CATEGORY = "deferred"
REACH = "write"

import pathlib
import threading

from . import payload


def attack():
    threading._threading_atexits.append(pathlib.Path(payload.TARGET).touch)
