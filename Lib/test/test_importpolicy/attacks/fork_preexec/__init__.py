"""A function that subprocess runs in the child before exec."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import subprocess

from . import payload


def attack():
    subprocess.run(["/bin/true"], preexec_fn=payload.act)
