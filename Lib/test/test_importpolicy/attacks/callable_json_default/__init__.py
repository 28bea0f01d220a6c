"""A C function as default() of an encoder."""
CATEGORY = "callable"
REACH = "write"

import json
import os

from . import payload


class Own:
    def __fspath__(self):
        return payload.TARGET


class Encoder(json.JSONEncoder):
    default = staticmethod(os.mkdir)


OWN = Own()
