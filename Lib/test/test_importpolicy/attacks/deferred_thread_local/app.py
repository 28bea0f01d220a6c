"""The application looks at it in a thread."""

import sys
import threading

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


thread = threading.Thread(
    target=lambda: attempt(lambda: evil.local.returncode))
thread.start()
thread.join()
good.work()
