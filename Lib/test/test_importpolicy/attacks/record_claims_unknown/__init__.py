"""Own metadata claims a granted package that has no metadata."""
CATEGORY = "forging"
REACH = "net"
BEYOND = ("Whoever installs decides what belongs together; a lock notices "
          "what changes.")

from . import payload


def attack():
    payload.act()
