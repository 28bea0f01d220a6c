"""A callback that has failed hangs a function of the library on the loop while
the loop is told of it."""
CATEGORY = "deferred"
REACH = "run"

import asyncio
import subprocess


class Callback:

    def __call__(self):
        raise ValueError

    def __repr__(self):
        loop = asyncio.get_running_loop()
        loop.call_exception_handler = subprocess.call
        return "callback"


callback = Callback()
