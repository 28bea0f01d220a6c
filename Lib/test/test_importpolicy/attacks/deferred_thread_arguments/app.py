"""The application uses what evil has given it."""

import os
import sys
import threading

import evil

try:
    thread = threading.Thread(target=os.mkdir, args=("/",))
    evil.attack(thread)
    thread.start()
    thread.join()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
