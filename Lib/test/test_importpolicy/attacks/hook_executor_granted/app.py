"""The application has a pool."""

from concurrent.futures import ThreadPoolExecutor
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


with ThreadPoolExecutor(1) as pool:
    attempt(evil.fill, pool)
good.work()
