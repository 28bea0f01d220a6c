"""Shared memory of the application's, by its name."""
CATEGORY = "ways out"
REACH = "read"
POLICIES = ("deny",)

import os
from multiprocessing import shared_memory

from . import payload


def attack():
    name = os.path.basename(payload.ROOT.replace("/", "-"))
    memory = shared_memory.SharedMemory(name)
    os.write(1, bytes(memory.buf))
    memory.close()
