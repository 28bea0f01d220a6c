"""A C function is the scanner of the decoder that all share."""
CATEGORY = "callable"
REACH = "write"

import json
import os

from . import payload

TEXT = payload.TARGET


def attack():
    json._default_decoder.scan_once = os.mkdir
