"""A dynamic attribute, whose function is exchanged."""
CATEGORY = "callable"
REACH = "run"

import os
import types

from . import payload


class Text(str):
    start = types.DynamicClassAttribute(len)


vars(Text)["start"].fget = os.system
thing = Text(payload.COMMAND)
