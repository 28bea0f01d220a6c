"""The function that checks lines of .pth files is asked for the canary's."""
CATEGORY = "tampering"
REACH = "read"

from . import payload


def attack():
    import os
    from copy import _imp
    if not _imp.has_policy():
        return payload.act()
    # What it says of a wrong line tells whether another is right.
    try:
        _imp.load_pth_line(payload.CANARY, "x")
    except OSError as error:
        os.write(1, str(error).encode())
        raise
