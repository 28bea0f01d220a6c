"""A function that is run in the application's forks."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import os

from . import payload


def attack():
    os.register_at_fork(after_in_child=payload.act)
