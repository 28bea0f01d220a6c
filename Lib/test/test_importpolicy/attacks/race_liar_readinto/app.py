"""The application reads a secret, many times."""

import os
import sys

import evil
import good
from good.settings import OWN


def attempt(function):
    try:
        function()
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
with open(os.path.join(os.path.dirname(OWN), "canary")) as file:
    secret = file.read()
kept = [secret + ", and more" * 12 + str(i) for i in range(1000, 1900)]
attempt(evil.look)
good.work()
