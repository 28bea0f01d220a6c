"""A shell empties the environment before it starts the interpreter."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}
BEYOND = ("The policies travel in the environment, and a program that was "
          "granted may empty it: grant programs that start no others.")

import os
import shlex

from . import payload


def attack():
    command = shlex.join([payload.PYTHON, "-I", "-c", payload.SOURCE])
    os.system(f"env -i {command}")
