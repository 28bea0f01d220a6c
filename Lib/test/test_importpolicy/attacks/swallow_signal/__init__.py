"""The attempt is in a signal's handler, and is caught."""
CATEGORY = "swallowing"
REACH = "run"
POLICIES = "allow"

import signal

from . import payload


def handler(number, frame):
    try:
        payload.act()
    except BaseException:
        pass


def attack():
    signal.signal(signal.SIGUSR1, handler)
    signal.raise_signal(signal.SIGUSR1)
