"""The attempt is in the body of a class."""
CATEGORY = "swallowing"
REACH = "net"

from . import payload


def attack():
    try:
        class Own:
            payload.act()
    except BaseException:
        pass
