"""The attempt is in a codec's error handler."""
CATEGORY = "swallowing"
REACH = "write"

import codecs

from . import payload


def handler(error):
    try:
        payload.act()
    except BaseException:
        pass
    return "", error.end


def attack():
    codecs.register_error("evil", handler)
    "\xe4".encode("ascii", "evil")
