"""The log is replaced by a link to a file that is not to be written."""
CATEGORY = "tampering"
REACH = "write"
POLICIES = "allow"

import os

from . import payload


def attack():
    import _imp
    if not _imp.has_policy():
        return payload.act()
    log = payload.ROOT + "/denials.jsonl"
    try:
        if os.path.exists(log):
            os.remove(log)
        os.symlink(payload.TARGET, log)
    finally:
        payload.act()
