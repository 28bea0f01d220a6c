"""The attempt is in __set_name__."""
CATEGORY = "swallowing"
REACH = "run"

from . import payload


class Member:
    def __set_name__(self, owner, name):
        payload.act()


def attack():
    try:
        class Own:
            member = Member()
    except BaseException:
        pass
