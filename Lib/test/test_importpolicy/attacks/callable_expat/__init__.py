"""A C function that handles an expat parser's text."""
CATEGORY = "callable"
REACH = "write"

import os
from xml.parsers import expat

from . import payload

TARGET = payload.TARGET


def make():
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = os.mkdir
    return parser
