"""The encoder that json.dumps() uses for all has a function of C to encode."""
CATEGORY = "callable"
REACH = "write"
BEYOND = """The encoder is an object that all share, and where it keeps the
function is where an application's own encoder keeps one that it was given."""

import json
import os

from . import payload


class Path:
    def __fspath__(self):
        return payload.TARGET


def attack():
    json._default_encoder.default = os.mkdir
    return Path()
