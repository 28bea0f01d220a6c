"""Standard error is closed before."""
CATEGORY = "swallowing"
REACH = "read"

import os

from . import payload


def attack():
    error = os.dup(2)
    os.close(2)
    try:
        payload.act()
    except BaseException:
        pass
    os.dup2(error, 2)
