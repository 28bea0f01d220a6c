"""A child interpreter with -I, -S and an empty environment."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

from . import payload


def attack():
    import subprocess
    subprocess.run([payload.PYTHON, "-I", "-S", "-c", payload.SOURCE], env={})
