"""The interpreter's memory is written through /proc/self/mem."""
CATEGORY = "tampering"
REACH = "net"
GRANT = {"read": True, "write": True, "ffi": False}

from . import payload


def attack():
    import _imp
    if not _imp.has_policy():
        return payload.act()
    with open("/proc/self/maps") as file:
        start = int(file.read().partition("-")[0], 16)
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        memory.seek(start)
        memory.write(memory.read(1))
    payload.act()
