"""A child reads its program from standard input."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import subprocess

from . import payload


def attack():
    subprocess.run([payload.PYTHON, "-"], input=payload.SOURCE, text=True)
