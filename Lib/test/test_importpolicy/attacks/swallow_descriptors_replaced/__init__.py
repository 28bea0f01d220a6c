"""All descriptors lead to /dev/null, the log's among them."""
CATEGORY = "swallowing"
REACH = "write"

import os

from . import payload


def attack():
    null = os.open(os.devnull, os.O_WRONLY)
    for fd in range(3, 64):
        if fd != null:
            os.dup2(null, fd)
    try:
        payload.act()
    except BaseException:
        pass
