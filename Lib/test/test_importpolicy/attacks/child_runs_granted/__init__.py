"""A child runs a granted package as its main module."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "env": True}

import subprocess

from . import payload


def attack():
    subprocess.run([payload.PYTHON, "-m", "good"], input=payload.SOURCE,
                   text=True)
