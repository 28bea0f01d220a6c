"""An opener that opens something else."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

FREE = payload.ROOT + "/home/free"


def attack():
    def opener(path, flags):
        return os.open(payload.TARGET, flags)

    open(FREE, "w", opener=opener).close()
