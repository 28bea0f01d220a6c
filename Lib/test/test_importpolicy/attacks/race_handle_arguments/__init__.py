"""A handle's arguments that change while it is looked at."""
CATEGORY = "races"
REACH = "write"

import os
import threading

from . import payload

TARGET = payload.TARGET


def attack(handle, done):
    def flip():
        while not done:
            handle._callback, handle._args = int, ()
            handle._callback, handle._args = os.mkdir, (TARGET,)

    other = threading.Thread(target=flip)
    other.start()
    return other
