"""A child runs a script in the application's directory."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "allow"
GRANT = {"run": True}

import subprocess

from . import payload


def attack():
    path = payload.ROOT + "/app/script.py"
    with open(path, "w") as file:
        file.write(payload.SOURCE)
    subprocess.run([payload.PYTHON, path])
