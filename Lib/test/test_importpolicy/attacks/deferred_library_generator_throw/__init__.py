"""A generator of the standard library goes on after throw()."""
CATEGORY = "deferred"
REACH = "read"

import os

from . import payload


def make():
    return (path for path in os.walk(payload.ROOT + "/private"))
