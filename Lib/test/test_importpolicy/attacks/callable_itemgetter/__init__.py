"""An itemgetter() over a class whose subscript is a C function."""
CATEGORY = "callable"
REACH = "write"

import operator
import os

from . import payload


class Table:
    __getitem__ = staticmethod(os.mkdir)


def make():
    return operator.itemgetter(payload.TARGET), Table()
