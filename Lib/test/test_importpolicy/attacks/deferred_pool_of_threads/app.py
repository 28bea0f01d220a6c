"""The application uses what evil has given it."""

import multiprocessing.pool
import sys

import evil

try:
    with multiprocessing.pool.ThreadPool(1) as pool:
        evil.attack(pool)
        pool.close()
        pool.join()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
