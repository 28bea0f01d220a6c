"""The application hands a secret to a program."""

import os
import subprocess
import sys

import evil
import good
from good.settings import OWN

with open(os.path.join(os.path.dirname(OWN), "canary")) as file:
    secret = file.read()
try:
    evil.attack()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
subprocess.run(["true"], env={"SECRET": secret})
good.work()
