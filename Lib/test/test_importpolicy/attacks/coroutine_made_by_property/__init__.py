"""A granted coroutine, made when `with` asks a property for a method."""
CATEGORY = "deferred"
REACH = "net"

import gc
import warnings

from good import later

from . import payload


class Place(tuple):
    __aenter__ = property(later.sending(b"evil"))

    async def __aexit__(self, *error):
        return False


async def make():
    # It is no method and is dropped, and the warning has it.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            async with Place((payload.HOST, payload.PORT)):
                pass
        except TypeError:
            pass
        gc.collect()
    return [warning.source for warning in caught if warning.source is not None]
