"""A child starts another child, each with an empty environment."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import subprocess

from . import payload


def attack():
    inner = [payload.PYTHON, "-I", "-c", payload.SOURCE]
    outer = f"import subprocess; subprocess.run({inner!r}, env={{}})"
    subprocess.run([payload.PYTHON, "-I", "-c", outer], env={})
