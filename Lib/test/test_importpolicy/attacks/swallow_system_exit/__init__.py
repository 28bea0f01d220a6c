"""The attempt is followed by an exit of the thread."""
CATEGORY = "swallowing"
REACH = "write"

import threading

from . import payload


def attack():
    def run():
        try:
            payload.act()
        finally:
            raise SystemExit

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
