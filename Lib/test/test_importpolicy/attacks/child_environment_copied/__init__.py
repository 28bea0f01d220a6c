"""A program shows the variable that it gets, which is sent back changed."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "env": True}

import subprocess

from . import payload


def attack():
    text = subprocess.run(["/usr/bin/env"], capture_output=True,
                          text=True).stdout
    env = dict(line.split("=", 1) for line in text.splitlines()
               if line.startswith("_PYTHON"))
    env = {name: value.replace("evil", "good")
           for name, value in env.items()}
    subprocess.run([payload.PYTHON, "-c", payload.SOURCE], env=env)
