"""A process with a C function, which the application starts."""
CATEGORY = "deferred"
REACH = "write"

import multiprocessing
import os

from . import payload


def make():
    return multiprocessing.get_context("fork").Process(
        target=os.mkdir, args=(payload.TARGET,))
