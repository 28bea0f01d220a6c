"""A function's code that another thread changes."""
CATEGORY = "races"
REACH = "write"
POLICIES = "allow"

import contextlib

from . import payload


def attack():
    import good
    own = (lambda path: open(path, "w").close()).__code__
    other = good.store.__code__

    def function(path):
        pass

    def flip():
        function.__code__ = own
        function.__code__ = other

    def call():
        with contextlib.suppress(NameError, TypeError):
            function(payload.TARGET)

    payload.race(flip, call)
