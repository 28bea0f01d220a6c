"""Another pattern in what re keeps of one."""
CATEGORY = "callable"
REACH = "write"
BEYOND = """What re keeps is a plain dictionary, and a pattern is data: what the
application does with what it has matched is its own doing."""

import re

from . import payload

TEXT = payload.TARGET


def attack():
    for cache in re._cache, re._cache2:
        cache[str, "[a-z]+", 0] = re.compile(".*")
