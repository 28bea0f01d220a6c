"""What was dropped is done in a child."""
CATEGORY = "tampering"
REACH = "net"
GRANT = {"net": True, "run": True}
POLICY = {"socket": "*"}

import subprocess

from . import payload


def attack():
    subprocess.run([payload.PYTHON, "-I", "-c", payload.SOURCE], env={})
