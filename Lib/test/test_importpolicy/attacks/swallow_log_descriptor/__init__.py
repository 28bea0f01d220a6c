"""The log's descriptor is written to, and cut."""
CATEGORY = "swallowing"
REACH = "write"

import os

from . import payload


def attack():
    def spoil():
        for fd in range(3, 64):
            try:
                os.ftruncate(fd, 0)
            except OSError:
                pass

    for attempt in range(3):
        try:
            payload.act()
        except BaseException:
            pass
        spoil()
