"""A thread of one's own starts the child."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import subprocess
import threading

from . import payload


def attack():
    thread = threading.Thread(target=subprocess.run, args=(
        [payload.PYTHON, "-I", "-c", payload.SOURCE],))
    thread.start()
    thread.join()
