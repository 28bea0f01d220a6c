"""A child is interactive and runs what PYTHONSTARTUP names."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "allow"
GRANT = {"run": True}

import os
import subprocess

from . import payload


def attack():
    path = payload.ROOT + "/tmp/start.py"
    with open(path, "w") as file:
        file.write(payload.SOURCE)
    subprocess.run([payload.PYTHON, "-i"], input="", text=True,
                   env=os.environ | {"PYTHONSTARTUP": path})
