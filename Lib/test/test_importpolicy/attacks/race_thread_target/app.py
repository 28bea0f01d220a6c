"""The application uses what evil has given it."""

import sys
import threading

import evil

try:
    for _ in range(50):
        thread = threading.Thread(target=int)
        end = evil.attack(thread)
        thread.start()
        thread.join()
        end()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
