"""contextlib.suppress()."""
CATEGORY = "swallowing"
REACH = "net"

import contextlib

from . import payload


def attack():
    with contextlib.suppress(BaseException):
        payload.act()
