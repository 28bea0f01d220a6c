"""Everything is caught."""
CATEGORY = "swallowing"
REACH = "write"

from . import payload


def attack():
    try:
        payload.act()
    except BaseException:
        pass
