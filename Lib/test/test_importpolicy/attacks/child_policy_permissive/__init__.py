"""PYTHONPOLICY names a policy that allows everything."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "allow"
GRANT = {"run": True}

import os
import subprocess

from . import payload


def attack():
    path = payload.ROOT + "/tmp/policy.json"
    with open(path, "w") as file:
        file.write('{"socket": "*"}')
    subprocess.run([payload.PYTHON, "-c", payload.SOURCE],
                   env=os.environ | {"PYTHONPOLICY": path})
