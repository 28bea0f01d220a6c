"""A program's path that answers differently each time."""
CATEGORY = "races"
REACH = "run"
GRANT = {"run": ["true"]}

import subprocess

from . import payload


class Path:
    def __init__(self, times):
        self.times = times

    def __fspath__(self):
        self.times -= 1
        return "/bin/true" if self.times >= 0 else "/bin/sh"


def attack():
    for times in range(6):
        try:
            subprocess.call([Path(times), "-c", payload.COMMAND])
        except OSError:
            pass
