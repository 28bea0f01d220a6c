"""The application uses what evil has given it."""

import asyncio
import sys

import evil

try:
    asyncio.run(evil.attack())
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
