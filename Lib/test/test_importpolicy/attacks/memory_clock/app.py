"""The application has read a secret, and evil has found out where it is."""

import os
import sys

import evil
import good
from good.settings import OWN

with open(os.path.join(os.path.dirname(OWN), "canary")) as file:
    secret = file.read() + ", and no more"
try:
    evil.attack(id(secret))
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
