"""The application calls the changed function itself."""

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

import good

good.work()
try:
    good.fire()
except Exception as error:
    print(error)
