"""The application tests itself."""

import _testcapi

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

import good

good.work()
