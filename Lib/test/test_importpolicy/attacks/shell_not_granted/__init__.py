"""A shell empties the environment, where only one program was granted."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": ["true"]}

import os
import shlex

from . import payload


def attack():
    os.system("true")
    command = shlex.join([payload.PYTHON, "-I", "-c", payload.SOURCE])
    os.system(f"env -i {command}")
