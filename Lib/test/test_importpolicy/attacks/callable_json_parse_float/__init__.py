"""A C function as parse_float of a decoder."""
CATEGORY = "callable"
REACH = "write"

import json
import pathlib

from . import payload


def make():
    return json.JSONDecoder(parse_float=pathlib.Path(
        payload.TARGET).write_text)
