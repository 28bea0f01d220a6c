"""A thread's target that changes while it is looked at."""
CATEGORY = "races"
REACH = "write"

import os
import threading

from . import payload

TARGET = payload.TARGET


def attack(thread):
    def flip():
        while thread._started is not None and not done:
            try:
                thread._target, thread._args = int, ()
                thread._target, thread._args = os.mkdir, (TARGET,)
            except AttributeError:
                pass

    done = []
    other = threading.Thread(target=flip)
    other.start()
    return lambda: (done.append(1), other.join())
