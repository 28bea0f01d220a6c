"""A coroutine of the library's, made when `with` sorts a list."""
CATEGORY = "deferred"
REACH = "run"

import asyncio
import gc
import warnings

from . import payload


class Text(str):
    __lt__ = property(lambda self: asyncio.create_subprocess_shell)


texts = [Text(payload.COMMAND), Text(payload.COMMAND)]


class Place:
    __aenter__ = property(lambda self: texts.sort)

    async def __aexit__(self, *error):
        return False


async def make():
    # It is taken for a truth value and dropped, and the warning has it.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            async with Place():
                pass
        except TypeError:
            pass
        gc.collect()
    return [warning.source for warning in caught if warning.source is not None]
