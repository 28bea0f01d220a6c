"""The application: starts a process."""

import multiprocessing
import os
import sys

if __name__ == "__main__":
    import evil
    import good

    try:
        evil.attack()
    except Exception:
        sys.__excepthook__(*sys.exc_info())
    process = multiprocessing.get_context("spawn").Process(
        target=os.getpid)
    process.start()
    process.join()
    good.work()
