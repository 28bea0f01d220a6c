"""A thread of _thread, with nobody to report it."""
CATEGORY = "swallowing"
REACH = "write"

import _thread

from . import payload


def attack():
    lock = _thread.allocate_lock()
    lock.acquire()

    def run():
        try:
            payload.act()
        finally:
            lock.release()

    _thread.start_new_thread(run, ())
    lock.acquire()
