"""The application has a granted package work, twice."""

import sys

import evil
import good

try:
    good.work()
except Exception as error:
    print(error)
sys.modules.pop("socket", None)
good.work()
