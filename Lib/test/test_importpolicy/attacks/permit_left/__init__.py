"""The block of a permit is left from inside."""
CATEGORY = "tampering"
REACH = "net"
GRANT = {"net": True}
POLICY = {"socket": "*"}

import gc
import importpolicy

from . import payload


def attack():
    for thing in gc.get_objects():
        if isinstance(thing, importpolicy.permit):
            try:
                thing.__exit__(None, None, None)
            except Exception as error:
                print(error)
    payload.act()
