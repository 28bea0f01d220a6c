"""The application imports a granted package as it always did."""

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

try:
    import good
except Exception as error:
    print(error)
    import sys
    sys.meta_path[:] = [finder for finder in sys.meta_path
                        if finder.__module__ != "evil"]
    import good

good.work()
