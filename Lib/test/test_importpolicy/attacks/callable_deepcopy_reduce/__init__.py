"""The same, deep in what the application copies."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Own:
    def __reduce__(self):
        return os.mkdir, (payload.TARGET,)
