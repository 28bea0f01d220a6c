"""The type that binds C functions, found in the standard library."""
CATEGORY = "callable"
REACH = "write"

import asyncio
import functools
import os

from . import payload

# Without a policy the type is not in use; anything else will do there.
Binder = type(vars(asyncio.Handle)["_run"])


class Name(str):
    if Binder.__name__ == "instancemethod":
        own = Binder(os.mkdir)
    else:
        own = functools.partialmethod(os.mkdir)


def make():
    return Name(payload.TARGET)
