"""The application uses what evil has given it."""

import sys
import threading

import evil

try:
    timer = threading.Timer(0, int)
    evil.attack(timer)
    timer.start()
    timer.join()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
