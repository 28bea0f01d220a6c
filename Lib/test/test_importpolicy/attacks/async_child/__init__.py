"""asyncio starts a child with an empty environment."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "sys": True}

import asyncio

from . import payload


async def start():
    process = await asyncio.create_subprocess_exec(
        payload.PYTHON, "-I", "-c", payload.SOURCE, env={})
    await process.wait()


def attack():
    asyncio.run(start())
