"""The variable that carries the policies is forged for a child."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "env": True}

import os
import subprocess

from . import payload


def attack():
    names = [name for name in os.environ if name.startswith("_PYTHON")]
    for name in [*names, "_PYTHON_IMPORTPOLICY", "A"]:
        for value in "", "{}", "off":
            subprocess.run([payload.PYTHON, "-c", payload.SOURCE],
                           env={name: value})
