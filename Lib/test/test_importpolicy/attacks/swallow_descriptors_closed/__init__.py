"""All descriptors are closed before, the log's among them."""
CATEGORY = "swallowing"
REACH = "write"

import os

from . import payload


def attack():
    out = os.dup(1)
    os.closerange(3, out)
    os.closerange(out + 1, 200)
    try:
        payload.act()
    except BaseException:
        pass
