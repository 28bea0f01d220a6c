"""The canary is opened."""
CATEGORY = "swallowing"
REACH = "read"

from . import payload


def attack():
    try:
        payload.act()
    except BaseException:
        pass
