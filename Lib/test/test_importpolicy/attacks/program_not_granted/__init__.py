"""A program that was not granted prints the canary."""
CATEGORY = "ways out"
REACH = "read"
GRANT = {"run": ["true"]}

import subprocess

from . import payload


def attack():
    subprocess.run(["/bin/true"])
    subprocess.run(["/bin/cat", payload.CANARY])
