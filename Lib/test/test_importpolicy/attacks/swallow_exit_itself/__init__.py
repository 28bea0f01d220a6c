"""The attempt is in __exit__, which swallows."""
CATEGORY = "swallowing"
REACH = "write"

from . import payload


class Quiet:
    def __enter__(self):
        pass

    def __exit__(self, *args):
        try:
            payload.act()
        finally:
            return True


def attack():
    with Quiet():
        1 / 0
