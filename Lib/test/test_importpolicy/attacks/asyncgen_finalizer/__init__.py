"""A partial finishes the application's asynchronous generators."""
CATEGORY = "deferred"
REACH = "write"
POLICIES = "allow"

import functools
import os
import shutil
import sys

from . import payload


def attack():
    source = payload.ROOT + "/home/evil"
    os.mkdir(source)
    sys.set_asyncgen_hooks(
        finalizer=functools.partial(shutil.move, source, payload.TARGET))
