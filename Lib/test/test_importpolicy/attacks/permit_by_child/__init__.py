"""A child that is started in a block acts outside of it."""
CATEGORY = "tampering"
REACH = "net"
GRANT = {"net": True, "run": True}
POLICY = {"socket": "*"}

import subprocess

from . import payload


def attack():
    subprocess.run([payload.PYTHON, "-I", "-c", payload.SOURCE], env={})
