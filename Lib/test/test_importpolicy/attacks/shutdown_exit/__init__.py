"""A function is run at exit, after everything else."""
CATEGORY = "tampering"
REACH = "net"

import atexit

from . import payload


def attack():
    atexit.register(payload.act)
