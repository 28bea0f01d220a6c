"""The application imports a granted package after another one."""

import evil
import good

try:
    good.work()
except Exception as error:
    print(error)

import good

good.work()
