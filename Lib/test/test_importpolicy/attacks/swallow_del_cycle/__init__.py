"""The attempt is in __del__ of a cycle, which is collected."""
CATEGORY = "swallowing"
REACH = "net"

import gc

from . import payload


class Own:
    def __init__(self):
        self.own = self

    def __del__(self):
        payload.act()


def attack():
    Own()
    gc.collect()
