"""The call of a C function as __lt__."""
CATEGORY = "callable"
REACH = "run"

import os

from . import payload


class Text(str):
    __lt__ = os.system.__call__


one = other = Text(payload.COMMAND)
