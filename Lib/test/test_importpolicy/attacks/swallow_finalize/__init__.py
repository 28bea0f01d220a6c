"""The attempt is in a finalizer at exit."""
CATEGORY = "swallowing"
REACH = "read"

import weakref

from . import payload


class Own:
    pass


own = Own()


def attack():
    weakref.finalize(own, payload.act)
