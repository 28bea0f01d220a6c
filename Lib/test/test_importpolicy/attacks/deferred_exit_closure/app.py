"""The application ends after a thread of its own."""

import concurrent.futures.thread
import sys
import threading

import evil
import good

try:
    evil.attack()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
thread = threading.Thread(target=good.work)
thread.start()
thread.join()
