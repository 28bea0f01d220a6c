"""Lines of the canary are kept that an exception says it is from."""
CATEGORY = "borrowed"
REACH = "read"

from . import payload


def attack():
    exec(compile("1 / 0", payload.CANARY, "exec"))


def after():
    import linecache
    import os
    os.write(1, linecache.cache[payload.CANARY][2][0].encode())
