"""The granted package has loaded the module before."""

import _imp

import good

good.work()

import evil

names = dict(vars(_imp))
try:
    evil.attack()
except Exception as error:
    print(error)
finally:
    vars(_imp).update(names)
