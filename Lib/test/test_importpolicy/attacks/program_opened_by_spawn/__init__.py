"""posix_spawn opens the canary for a granted program."""
CATEGORY = "ways out"
REACH = "read"
GRANT = {"run": ["cat"]}

import os

from . import payload


def attack():
    pid = os.posix_spawn("/bin/cat", ["cat"], {}, file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, payload.CANARY, os.O_RDONLY, 0)])
    os.waitpid(pid, 0)
