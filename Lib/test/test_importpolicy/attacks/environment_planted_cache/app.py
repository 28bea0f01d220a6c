"""The application has a child use the granted package."""

import subprocess
import sys

import good

good.work()

import evil

try:
    evil.attack()
except Exception as error:
    print(error)
subprocess.run([sys.executable, "-c", "import good"])
