"""The application keeps what sys says."""

import sys

names = {name: getattr(sys, name) for name in dir(sys)}
import evil

try:
    evil.attack()
except Exception as error:
    print(error)
vars(sys).update(names)

import good

good.work()
