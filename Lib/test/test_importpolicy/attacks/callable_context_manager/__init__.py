"""contextmanager() makes a function of a C function."""
CATEGORY = "callable"
REACH = "run"

import contextlib
import os

from . import payload

within = contextlib.contextmanager(os.system)
TEXT = payload.COMMAND
