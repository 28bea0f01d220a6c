"""The application has a child use a package that may be there."""

import subprocess
import sys

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

import good

good.work()
subprocess.run([sys.executable, "-c", "import later; later.act()"])
