"""os.execv puts another interpreter into this one's place."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import os

from . import payload


def after():
    os.execv(payload.PYTHON, [payload.PYTHON, "-I", "-c", payload.SOURCE])
