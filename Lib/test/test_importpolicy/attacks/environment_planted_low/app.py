"""The application has the granted package start an interpreter."""

import sys

import good

good.work()

import evil

try:
    evil.attack()
except Exception as error:
    print(error)
good.start(f"{sys.executable} -c 'import good'")
