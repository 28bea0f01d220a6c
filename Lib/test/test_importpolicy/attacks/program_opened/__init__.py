"""A granted program is started with the canary as its input."""
CATEGORY = "ways out"
REACH = "read"
GRANT = {"run": ["cat"]}

import subprocess

from . import payload


def attack():
    with open(payload.CANARY) as file:
        subprocess.run(["cat"], stdin=file)
