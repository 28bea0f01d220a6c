"""os.posix_spawn and os.spawnve with environments of one's own."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import os

from . import payload


def attack():
    argv = [payload.PYTHON, "-I", "-c", payload.SOURCE]
    os.waitpid(os.posix_spawn(argv[0], argv, {}), 0)
    os.spawnve(os.P_WAIT, argv[0], argv, {"A": "b"})
