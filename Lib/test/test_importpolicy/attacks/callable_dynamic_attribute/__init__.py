"""types.DynamicClassAttribute of a C function."""
CATEGORY = "callable"
REACH = "write"

import os
import types

from . import payload


class Name(str):
    own = types.DynamicClassAttribute(os.mkdir)


def make():
    return Name(payload.TARGET)
