"""The application uses what evil has given it."""

import concurrent.futures
import sys

import evil

try:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        evil.attack(pool)
        pool.submit(int)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
