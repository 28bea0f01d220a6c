"""The application: has a server of processes, and uses it."""

import multiprocessing
import os
import sys

if __name__ == "__main__":
    import evil
    import good

    process = multiprocessing.get_context("forkserver").Process(
        target=os.getpid)
    process.start()
    process.join()
    try:
        evil.attack()
    except Exception:
        sys.__excepthook__(*sys.exc_info())
    good.work()
