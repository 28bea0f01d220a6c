"""A directory is planted beside a granted package: NAME.libs."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"

import os
import sys

from . import payload


def attack():
    path = payload.DEPS + "/good.libs"
    os.mkdir(path)
    with open(path + "/extra.py", "w") as file:
        file.write(payload.SOURCE)
    sys.path.append(path)
    import extra
