"""The application has a process forked."""

import multiprocessing
import sys

import evil
import good

good.work()
try:
    evil.attack()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
process = multiprocessing.get_context("fork").Process(target=int)
process.start()
process.join()
