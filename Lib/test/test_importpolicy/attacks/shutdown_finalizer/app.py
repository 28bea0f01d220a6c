"""The application keeps what it needs in order to end."""

import evil

try:
    evil.attack()
except Exception as error:
    print(error)
    evil.thing = evil.Thing()

import good

good.work()
