"""A child runs a module of one's own with -m."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "env": True}

import subprocess

from . import payload


def attack():
    subprocess.run([payload.PYTHON, "-m", "evil.task"])
