"""A thread that is started in a block acts outside of it."""
CATEGORY = "tampering"
REACH = "net"
GRANT = {"net": True}
POLICY = {"socket": "*"}

import threading

from . import payload


def attack():
    thread = threading.Thread(target=payload.act)
    thread.start()
    thread.join()
