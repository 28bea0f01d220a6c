"""The attempt is in __repr__ while a traceback is printed."""
CATEGORY = "swallowing"
REACH = "run"

from . import payload


class Own(Exception):
    def __str__(self):
        payload.act()
        return "own"


def attack():
    raise Own
