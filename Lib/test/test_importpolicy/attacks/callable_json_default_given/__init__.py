"""A C function that is given to an encoder."""
CATEGORY = "callable"
REACH = "write"

import json
import os

from . import payload


class Own:
    def __fspath__(self):
        return payload.TARGET


def make():
    return json.JSONEncoder(default=os.mkdir), Own()
