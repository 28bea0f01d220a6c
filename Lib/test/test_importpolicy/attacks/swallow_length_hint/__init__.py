"""The attempt is in __length_hint__, whose errors may go."""
CATEGORY = "swallowing"
REACH = "write"

import operator

from . import payload


class Own:
    def __iter__(self):
        return iter(())

    def __length_hint__(self):
        try:
            payload.act()
        except BaseException:
            raise TypeError from None
        return 0


def attack():
    operator.length_hint(Own())
