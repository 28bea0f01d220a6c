"""The same under the strict walk."""
CATEGORY = "deferred"
REACH = "net"
POLICY = {"$walk": "strict"}

from good import later

from . import payload


def make():
    return later.sending("evil", payload.PORT)
