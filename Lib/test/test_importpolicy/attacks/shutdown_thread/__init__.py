"""A thread acts while the interpreter is taken down."""
CATEGORY = "tampering"
REACH = "net"

import threading

from . import payload


def attack():
    def wait():
        threading.main_thread().join()
        payload.act()
    threading.Thread(target=wait).start()
