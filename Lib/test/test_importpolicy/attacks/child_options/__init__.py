"""Child interpreters with -E, -S, -P and without site."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import subprocess

from . import payload


def attack():
    for options in ["-E"], ["-S", "-s"], ["-P", "-O"], ["-I", "-X", "utf8"]:
        subprocess.run([payload.PYTHON, *options, "-c", payload.SOURCE])
