"""The attempt is in the key of a sort."""
CATEGORY = "swallowing"
REACH = "net"

from . import payload


def key(item):
    try:
        payload.act()
    except BaseException:
        pass
    return item


def attack():
    sorted([2, 1], key=key)
