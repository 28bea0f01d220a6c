"""Own metadata claims a granted package's top-level name."""
CATEGORY = "forging"
REACH = "net"

from . import payload


def attack():
    payload.act()
