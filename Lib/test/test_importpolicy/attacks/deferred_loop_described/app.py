"""The application has a program called as the first thing that a loop is told,
and a loop that calls what it was handed."""

import asyncio
import os
import sys

import evil
import good

HERE = os.path.dirname(os.path.abspath(__file__))


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


async def main():
    asyncio.get_running_loop().call_soon(evil.callback)
    await asyncio.sleep(0)


program = os.path.join(HERE, "message")
with open(program, "w") as file:
    file.write("#!/bin/sh\necho evil > ../out/evil\n")
os.chmod(program, 0o700)
os.environ["PATH"] = HERE + os.pathsep + os.environ["PATH"]
attempt(asyncio.run, main())
good.work()
