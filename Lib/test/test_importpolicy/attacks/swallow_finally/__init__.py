"""A finally clause that returns."""
CATEGORY = "swallowing"
REACH = "write"

from . import payload


def attack():
    try:
        payload.act()
    finally:
        return
