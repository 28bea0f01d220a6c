"""What dataclasses executes is written by a function put among its own."""
CATEGORY = "forging"
REACH = "run"
BEYOND = (
    "Text shows nobody, and a module's dictionary is a plain dictionary: to see "
    "who writes there, that of every module would have to be watched (see "
    "callable_bare_replaced).")

import dataclasses

from . import payload


def attack():
    before = dataclasses._init_fn

    def write(*args):
        before(*args)
        args[-2].src.append(f" {payload.SOURCE}")
    vars(dataclasses)["_init_fn"] = write
