"""A C function for a server of processes that is the application's."""
CATEGORY = "ways out"
REACH = "write"
GRANT = {"sys": True}

import multiprocessing
import os

from . import payload


def attack():
    process = multiprocessing.get_context("forkserver").Process(
        target=os.mkdir, args=(payload.TARGET,))
    process.start()
    process.join()
