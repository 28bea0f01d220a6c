"""The application looks at an object in another thread."""

import sys
import threading

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


thread = threading.Thread(target=lambda: getattr(evil.local, "name", None))
thread.start()
thread.join()
good.work()
