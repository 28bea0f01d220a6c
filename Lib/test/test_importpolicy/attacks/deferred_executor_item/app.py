"""The application has a pool of one thread, and more work than that."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import evil
import good

begun, ended = threading.Event(), threading.Event()


def wait():
    begun.set()
    ended.wait()


with ThreadPoolExecutor(1) as pool:
    pool.submit(wait)
    begun.wait()
    pool.submit(print, "work")
    try:
        evil.attack(pool)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
    ended.set()
good.work()
