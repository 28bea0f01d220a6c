"""A future whose exception nobody asks for."""
CATEGORY = "swallowing"
REACH = "net"

import concurrent.futures

from . import payload


def attack():
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(payload.act)
