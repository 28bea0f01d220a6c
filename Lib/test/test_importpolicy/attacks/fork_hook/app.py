"""The application forks after it has imported the package."""

import os

import evil
import good

good.work()
try:
    evil.attack()
except Exception as error:
    print(error)
if not os.fork():
    os._exit(0)
os.wait()
