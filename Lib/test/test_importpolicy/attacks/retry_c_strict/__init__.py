"""The same under the strict walk."""
CATEGORY = "borrowed"
REACH = "run"
POLICY = {"$walk": "strict"}

from . import payload


def attack():
    import __main__
    import os
    __main__.retry(os.system, payload.COMMAND)
