"""The same with a C function at the end."""
CATEGORY = "swallowing"
REACH = "write"

import os

from . import payload


def attack():
    def deeper():
        try:
            deeper()
        except RecursionError:
            os.mkdir(payload.TARGET)

    try:
        deeper()
    except BaseException:
        pass
