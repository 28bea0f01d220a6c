"""A shell starts the interpreter."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import os
import shlex

from . import payload


def attack():
    command = shlex.join([payload.PYTHON, "-I", "-c", payload.SOURCE])
    os.system(command)
    os.popen(command).close()
