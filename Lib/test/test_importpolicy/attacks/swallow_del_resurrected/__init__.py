"""The attempt is in __del__ of what is brought back."""
CATEGORY = "swallowing"
REACH = "run"

from . import payload

kept = []


class Own:
    def __del__(self):
        kept.append(self)
        payload.act()


def attack():
    Own()
    kept.clear()
