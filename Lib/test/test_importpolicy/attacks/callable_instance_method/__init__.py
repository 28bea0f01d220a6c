"""The type that binds C functions, found in the standard library."""
CATEGORY = "callable"
REACH = "write"

import functools
import os

from . import payload

Binder = next((cls for cls in object.__subclasses__()
               if cls.__name__ == "instancemethod"), None)


class Name(str):
    if Binder is not None:
        own = Binder(os.mkdir)
    else:
        own = functools.partialmethod(os.mkdir)


def make():
    return Name(payload.TARGET)
