"""The application uses what evil has given it."""

import multiprocessing.pool
import sys
import time

import evil

try:
    with multiprocessing.pool.ThreadPool(1) as pool:
        evil.attack(pool)
        time.sleep(0.3)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
