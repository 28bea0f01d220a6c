"""Everything is caught."""
CATEGORY = "swallowing"
REACH = "run"

from . import payload


def attack():
    try:
        payload.act()
    except BaseException:
        pass
