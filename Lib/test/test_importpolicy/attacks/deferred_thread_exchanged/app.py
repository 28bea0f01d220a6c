"""The application uses what evil has given it."""

import sys
import threading

import evil

try:
    thread = threading.Thread(target=int)
    evil.attack(thread)
    thread.start()
    thread.join()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
