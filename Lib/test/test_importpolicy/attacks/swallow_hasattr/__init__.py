"""The attempt is in a property that hasattr() asks for."""
CATEGORY = "swallowing"
REACH = "net"

from . import payload


class Own:
    @property
    def own(self):
        try:
            payload.act()
        except BaseException:
            raise AttributeError from None


def attack():
    hasattr(Own(), "own")
