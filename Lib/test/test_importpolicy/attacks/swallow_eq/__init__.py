"""The attempt is in __eq__ while a dictionary looks for a key."""
CATEGORY = "swallowing"
REACH = "read"

from . import payload


class Own:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        try:
            payload.act()
        except BaseException:
            return True


def attack():
    {Own(): 1, Own(): 2}
