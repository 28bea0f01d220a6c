"""The attempt is in __del__."""
CATEGORY = "swallowing"
REACH = "read"

from . import payload


class Own:
    def __del__(self):
        payload.act()


def attack():
    Own()
