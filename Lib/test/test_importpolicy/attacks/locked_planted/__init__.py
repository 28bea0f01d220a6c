"""A file is planted in a granted package's folder, where there is a lock."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"
LOCKED = True

from . import payload


def attack():
    import good
    path = good.__path__[0] + "/extra.py"
    with open(path, "w") as file:
        file.write(payload.SOURCE)
    import good.extra
