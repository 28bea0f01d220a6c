"""A shell starts an interpreter that outlives everyone."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import os
import shlex

from . import payload


def attack():
    command = shlex.join([payload.PYTHON, "-I", "-c", payload.SOURCE])
    os.system(f"(sleep 0.2; {command}) &")
