"""A program has the name, and the place in argv, of one that was granted."""
CATEGORY = "ways out"
REACH = "read"
GRANT = {"run": ["true"], "write": ["$TMP"], "env": True}

import os
import subprocess

from . import payload


def attack():
    path = payload.ROOT + "/tmp/true"
    try:
        os.symlink("/bin/cat", path)
        os.environ["PATH"] = payload.ROOT + "/tmp"
        subprocess.run(["true", payload.CANARY])
    finally:
        subprocess.run(["true", payload.CANARY], executable="/bin/cat")
