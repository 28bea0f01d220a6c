"""A package of a granted name is planted in the user's own directory."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "baseline"
POLICY = {"socket": ["good", "later"]}
RUNS = 2

import os

from . import payload


def attack():
    path = (payload.ROOT + f"/home/.local/lib/{payload.LIBRARY}"
            "/site-packages/later")
    os.makedirs(path, exist_ok=True)
    with open(path + "/__init__.py", "w") as file:
        file.write(payload.SOURCE)


def after():
    import later
