"""A finally clause that goes on with a loop."""
CATEGORY = "swallowing"
REACH = "read"

from . import payload


def attack():
    for attempt in range(3):
        try:
            payload.act()
        finally:
            continue
