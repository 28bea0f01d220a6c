"""The application starts a thread."""

import sys
import threading

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
thread = threading.Thread(target=int)
attempt(evil.fill, thread)
thread.start()
thread.join()
good.work()
