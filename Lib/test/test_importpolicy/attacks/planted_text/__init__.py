"""A file that is no module's is planted with the application, and loaded."""
CATEGORY = "forging"
REACH = "run"
POLICIES = ("baseline", "deny")
GRANT = {"write": ["$APP/data"], "run": False}

import os
from importlib.machinery import SourceFileLoader

from . import payload


def attack():
    path = payload.ROOT + "/app/data"
    os.makedirs(path, exist_ok=True)
    with open(path + "/notes.txt", "w") as file:
        file.write(payload.SOURCE)
    SourceFileLoader("notes", path + "/notes.txt").load_module()
