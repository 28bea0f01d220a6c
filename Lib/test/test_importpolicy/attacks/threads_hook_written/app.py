"""The application reads a secret in a thread."""

import os
import sys
import threading

import evil
import good
from good.settings import OWN


def work():
    with open(os.path.join(os.path.dirname(OWN), "canary")) as file:
        text = file.read()
    return len(text)


try:
    evil.attack()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
thread = threading.Thread(target=work)
thread.start()
thread.join()
good.work()
