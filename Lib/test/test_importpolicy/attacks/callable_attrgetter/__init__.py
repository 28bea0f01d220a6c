"""An attrgetter() that reads a property which is a C function."""
CATEGORY = "callable"
REACH = "write"

import operator
import os

from . import payload


class Name(str):
    own = property(os.mkdir)


def make():
    return operator.attrgetter("own"), Name(payload.TARGET)
