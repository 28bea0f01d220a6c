"""A cached property, whose function is exchanged."""
CATEGORY = "callable"
REACH = "run"

import functools
import os

from . import payload


class Text(str):
    start = functools.cached_property(len)


vars(Text)["start"].func = os.system
thing = Text(payload.COMMAND)
