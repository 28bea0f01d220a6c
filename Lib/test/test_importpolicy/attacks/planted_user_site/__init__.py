"""A package of a granted name is planted in the user's own directory."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "baseline"
POLICY = {"socket": ["good", "later"]}
RUNS = 2

import os
import sys

from . import payload


def attack():
    version = "python%d.%d" % sys.version_info[:2]
    path = payload.ROOT + f"/home/.local/lib/{version}/site-packages/later"
    os.makedirs(path, exist_ok=True)
    with open(path + "/__init__.py", "w") as file:
        file.write(payload.SOURCE)


def after():
    import later
