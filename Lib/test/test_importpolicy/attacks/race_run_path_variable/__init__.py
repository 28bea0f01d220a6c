"""A granted program's name, looked up on another path."""
CATEGORY = "races"
REACH = "run"
GRANT = {"run": ["true"], "write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os
import subprocess

from . import payload


def attack():
    os.symlink("/bin/sh", payload.ROOT + "/home/true")
    subprocess.call(["true", "-c", payload.COMMAND],
                    env={"PATH": payload.ROOT + "/home"})
