"""The attempt is in what shows warnings."""
CATEGORY = "swallowing"
REACH = "read"

import warnings

from . import payload


def attack():
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda *args: payload.act()
        try:
            warnings.warn("own")
        except BaseException:
            pass
