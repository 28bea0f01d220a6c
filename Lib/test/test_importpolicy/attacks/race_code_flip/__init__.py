"""A function's code that another thread changes."""
CATEGORY = "races"
REACH = "write"
POLICIES = "allow"

import threading
import time

from . import payload


def attack():
    import good
    ends = time.process_time() + 0.7
    own = (lambda path: open(path, "w").close()).__code__
    other = good.store.__code__

    def function(path):
        pass

    def flip():
        while time.process_time() < ends:
            function.__code__ = own
            function.__code__ = other

    thread = threading.Thread(target=flip)
    thread.start()
    while time.process_time() < ends:
        try:
            function(payload.TARGET)
        except (OSError, NameError, TypeError):
            pass
    thread.join()
