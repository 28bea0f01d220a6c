"""The application uses what evil has given it."""

import os
import sys

import evil

try:
    evil.attack()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
