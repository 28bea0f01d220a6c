"""A bound method as a reader of the application's loop."""
CATEGORY = "deferred"
REACH = "write"

import pathlib

from . import payload


def attack(loop, socket):
    loop.add_reader(socket, pathlib.Path(payload.TARGET).touch)
