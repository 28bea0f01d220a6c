"""A granted package is handed open()."""
CATEGORY = "borrowed"
REACH = "write"

from . import payload


def attack():
    import good
    good.call(open, payload.TARGET, "w").close()
