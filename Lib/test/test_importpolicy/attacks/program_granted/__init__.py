"""A program that was granted prints the canary."""
CATEGORY = "ways out"
REACH = "read"
GRANT = {"run": True}
BEYOND = ("A program knows no rule of ours: what it may do is the business "
          "of the operating system.")

import subprocess

from . import payload


def attack():
    subprocess.run(["/bin/cat", payload.CANARY])
