"""The application uses a granted package with a dependency of its own."""

import evil

try:
    import good.helped
except Exception as error:
    print(error)

import good

good.work()
