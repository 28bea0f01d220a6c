"""A child's sitecustomize is found through PYTHONPATH."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "allow"
GRANT = {"run": True}

import os
import subprocess

from . import payload


def attack():
    path = os.path.dirname(__file__) + "/more"
    subprocess.run([payload.PYTHON, "-c", "pass"],
                   env={"PYTHONPATH": path})
