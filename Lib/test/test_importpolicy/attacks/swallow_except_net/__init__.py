"""Everything is caught."""
CATEGORY = "swallowing"
REACH = "net"

from . import payload


def attack():
    try:
        payload.act()
    except BaseException:
        pass
