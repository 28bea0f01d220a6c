"""A local variable of the application's is written through its frame."""
CATEGORY = "borrowed"
REACH = "write"
POLICIES = ("baseline", "deny")

import sys

from . import payload


def attack():
    sys._getframe(1).f_locals["path"] = payload.TARGET
