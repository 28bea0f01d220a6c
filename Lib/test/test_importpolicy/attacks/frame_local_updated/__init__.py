"""The same with the method update()."""
CATEGORY = "borrowed"
REACH = "write"
POLICIES = ("baseline", "deny")

import sys

from . import payload


def attack():
    sys._getframe(1).f_locals.update({"path": payload.TARGET})
