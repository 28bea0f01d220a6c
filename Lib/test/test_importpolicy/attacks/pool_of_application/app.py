"""The application has started a pool, and lends it."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import evil
import good

good.work()
with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
    pool.submit(int).result()
    try:
        evil.use(pool)
    except Exception as error:
        print(error)
