"""The attempt is made when no memory is left."""
CATEGORY = "swallowing"
REACH = "write"
GRANT = {"sys": True, "read": ["/proc/self"]}

import os
import resource

from . import payload


def attack():
    limits = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        size = int(file.read().split()[0]) * 4096
    held = []
    resource.setrlimit(resource.RLIMIT_AS, (size + 65536, limits[1]))
    try:
        for size in 1 << 20, 1 << 12, 1 << 9, 64:
            try:
                while True:
                    held.append(bytearray(size))
            except MemoryError:
                pass
        for attempt in range(50):
            try:
                os.mkdir(payload.TARGET)
            except BaseException:
                held.pop()
    finally:
        held.clear()
        resource.setrlimit(resource.RLIMIT_AS, limits)
