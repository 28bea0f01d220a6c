"""The application has a granted package work, twice."""

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

import good

try:
    good.work()
except Exception as error:
    print(error)
good.work()
