"""The same, bound by an attrgetter() in a map()."""
CATEGORY = "callable"
REACH = "write"

import operator
import pathlib

from . import payload


def make():
    return next(map(operator.attrgetter("touch"),
                    [pathlib.Path(payload.TARGET)]))
