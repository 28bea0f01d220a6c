"""sys.unraisablehook that says nothing."""
CATEGORY = "swallowing"
REACH = "read"
POLICIES = "allow"

import sys

from . import payload


class Own:
    def __del__(self):
        payload.act()


def attack():
    sys.unraisablehook = lambda args: None
    Own()
