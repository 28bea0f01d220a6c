"""The application has a pool of threads work."""

import concurrent.futures
import sys

import evil
import good

with concurrent.futures.ThreadPoolExecutor(1) as pool:
    try:
        evil.attack(pool)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
    try:
        pool.submit(int).result()
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
good.work()
