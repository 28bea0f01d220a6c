"""The variables that name a policy are changed in the process."""
CATEGORY = "tampering"
REACH = "net"

import os
import sys

from . import payload


def attack():
    os.environ["PYTHONPOLICY"] = "/dev/null"
    os.environ.pop("_PYTHON_IMPORTPOLICY", None)
    os.unsetenv("_PYTHON_IMPORTPOLICY")
    sys._xoptions["importpolicy"] = "off"
    payload.act()
