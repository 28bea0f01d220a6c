"""The same, before anything has been refused."""
CATEGORY = "tampering"
REACH = "write"
POLICIES = "allow"

import os

from . import payload


def attack():
    import _imp
    if not _imp.has_policy():
        return payload.act()
    os.symlink(payload.TARGET, payload.ROOT + "/denials.jsonl")


def after():
    payload.act()
