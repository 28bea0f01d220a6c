"""A class of the standard library in a scheduler."""
CATEGORY = "callable"
REACH = "run"

import subprocess

from . import payload


def fill(scheduler):
    scheduler.enter(0, 0, subprocess.Popen,
                    (["sh", "-c", payload.COMMAND],))
