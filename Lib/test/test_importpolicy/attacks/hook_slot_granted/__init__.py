"""A property gives a granted function as __lt__."""
CATEGORY = "borrowed"
REACH = "write"

import good

from . import payload


class Text(str):
    __lt__ = property(lambda self: good.store)


one = other = Text(payload.TARGET)
