"""The application: shares a secret with its workers."""

import os
import sys
from multiprocessing import shared_memory

import evil
import good

with open(evil.payload.CANARY, "rb") as file:
    secret = file.read()
name = os.path.basename(evil.payload.ROOT.replace("/", "-"))
memory = shared_memory.SharedMemory(name, True, len(secret))
try:
    memory.buf[:len(secret)] = secret
    try:
        evil.attack()
    except Exception:
        sys.__excepthook__(*sys.exc_info())
    good.work()
finally:
    memory.close()
    memory.unlink()
