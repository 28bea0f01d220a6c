"""A thread whose exception is reported by evil."""
CATEGORY = "swallowing"
REACH = "run"
POLICIES = "allow"

import threading

from . import payload


def attack():
    threading.excepthook = lambda args: None
    thread = threading.Thread(target=payload.act)
    thread.start()
    thread.join()
