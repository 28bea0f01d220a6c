"""The application has a function that starts what it is given."""

import sys
import threading

import evil
import good


def start(function, *args):
    thread = threading.Thread(target=function, args=args)
    thread.start()
    thread.join()


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
good.work()
