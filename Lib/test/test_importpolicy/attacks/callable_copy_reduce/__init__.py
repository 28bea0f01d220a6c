"""An object that says how it is copied: by a C function."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Own:
    def __reduce__(self):
        return os.mkdir, (payload.TARGET,)
