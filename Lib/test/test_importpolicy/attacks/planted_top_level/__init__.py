"""A package of a granted name is planted where there is none yet."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "baseline"
POLICY = {"socket": ["good", "later"]}
RUNS = 2

import os

from . import payload


def attack():
    path = payload.DEPS + "/later"
    os.makedirs(path, exist_ok=True)
    with open(path + "/__init__.py", "w") as file:
        file.write(payload.SOURCE)
    import later
