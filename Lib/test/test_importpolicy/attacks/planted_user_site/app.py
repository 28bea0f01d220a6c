"""The application imports what it has, and what was planted."""

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

import good

good.work()
try:
    import later
except Exception as error:
    print(error)
