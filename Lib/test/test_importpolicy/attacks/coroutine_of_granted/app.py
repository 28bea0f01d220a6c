"""The application awaits what it was handed."""

import asyncio

import evil
import good


async def main():
    await evil.fetch()


asyncio.run(main())
good.work()
