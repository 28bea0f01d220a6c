"""An object that csv writes to, with a C function as write()."""
CATEGORY = "callable"
REACH = "run"

import os

from . import payload


class Stream:
    pass


stream = Stream()
stream.write = os.system
ROW = [payload.COMMAND + " #"]
