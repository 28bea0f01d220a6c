"""A program under another program's name."""
CATEGORY = "races"
REACH = "run"
GRANT = {"run": ["true"]}

import subprocess

from . import payload


def attack():
    subprocess.call(["true", "-c", payload.COMMAND], executable="/bin/sh")
