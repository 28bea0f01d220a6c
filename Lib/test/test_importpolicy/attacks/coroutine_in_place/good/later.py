"""What a library with an asynchronous interface has."""

import asyncio

from good.settings import HOST, PORT


def connect(n):
    return connect(n - 1) if n else asyncio.open_connection(HOST, PORT)
