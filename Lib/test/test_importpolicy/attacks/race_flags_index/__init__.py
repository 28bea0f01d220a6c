"""Flags of a class of its own, which change."""
CATEGORY = "races"
REACH = "write"
GRANT = {"read": True}

import os

from . import payload


class Flags:
    def __init__(self, times):
        self.times = times

    def __index__(self):
        self.times -= 1
        return (os.O_RDONLY if self.times >= 0
                else os.O_CREAT | os.O_WRONLY)


def attack():
    for times in range(4):
        try:
            os.close(os.open(payload.TARGET, Flags(times)))
        except OSError:
            pass
