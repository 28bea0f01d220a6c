"""code.InteractiveInterpreter over the application's globals."""
CATEGORY = "forging"
REACH = "net"

import code
import sys

from . import payload


def attack():
    names = vars(sys.modules["__main__"])
    shell = code.InteractiveInterpreter(names)
    shell.runsource(payload.SOURCE, "main.py", "exec")
