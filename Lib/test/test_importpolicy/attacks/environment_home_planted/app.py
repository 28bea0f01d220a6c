"""The application starts an interpreter."""

import subprocess
import sys

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

import good

good.work()
subprocess.run([sys.executable, "-c", "pass"])
