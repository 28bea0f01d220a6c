"""The attempt is made when no descriptor is left."""
CATEGORY = "swallowing"
REACH = "write"

import os

from . import payload


def attack():
    held = []
    try:
        while True:
            held.append(os.dup(1))
    except OSError:
        pass
    try:
        os.mkdir(payload.TARGET)
    except BaseException:
        pass
    for fd in held:
        os.close(fd)
