"""The check is asked where there is hardly any memory left."""
CATEGORY = "tampering"
REACH = "net"
MEMORY = True
POLICIES = "allow"

import resource

from . import payload


def attack():
    before = resource.getrlimit(resource.RLIMIT_AS)
    try:
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used, before[1]))
        hoard = []
        try:
            while True:
                hoard.append(bytes(4096))
        except MemoryError:
            pass
        for _ in range(200):
            try:
                payload.act()
                return
            except MemoryError:
                del hoard[-20:]
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        hoard.clear()
        payload.act()
