"""The target of a process is exchanged before the application starts it."""
CATEGORY = "deferred"
REACH = "run"
POLICIES = "allow"
BEYOND = (
    "A process is an object that says what shall run, and the application "
    "starts it. Who handed over its target is remembered, and not who wrote "
    "over that. List __main__ in $permissions to restrict it.")

import multiprocessing
import os

from . import payload

process = multiprocessing.get_context("fork").Process(target=print)
process._target, process._args = os.system, (payload.COMMAND,)
