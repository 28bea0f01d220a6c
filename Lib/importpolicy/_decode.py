"""Decoding data that stands in somebody's source, with limits.

Only what is known to have no effect but its value, and never more of it than
a source could be.
"""

import base64
import binascii
import codecs
import zlib

LARGEST = 1 << 20

# Functions that make readable what was not, and by which way.
DECODERS = {
    "base64.b64decode": "base64", "base64.standard_b64decode": "base64",
    "base64.urlsafe_b64decode": "base64", "base64.decodebytes": "base64",
    "base64.decodestring": "base64", "base64.b32decode": "base32",
    "base64.b16decode": "hex", "base64.b85decode": "base85",
    "base64.a85decode": "base85", "base64.z85decode": "base85",
    "binascii.a2b_base64": "base64", "binascii.unhexlify": "hex",
    "binascii.a2b_hex": "hex", "builtins.bytes.fromhex": "hex",
    "builtins.bytearray.fromhex": "hex", "zlib.decompress": "compression",
    "gzip.decompress": "compression", "bz2.decompress": "compression",
    "lzma.decompress": "compression", "codecs.decode": None,
    "marshal.loads": "marshal", "builtins.chr": "single characters",
}
# Codecs that turn text into other text.
CODECS = {"rot13": "rot13", "rot_13": "rot13", "rot-13": "rot13",
          "hex": "hex", "hex_codec": "hex", "base64": "base64",
          "base64_codec": "base64", "zlib": "compression",
          "zlib_codec": "compression", "bz2": "compression",
          "unicode_escape": None}


class Folded:
    """A value, and how it came about."""

    __slots__ = ("value", "ways")

    def __init__(self, value, ways=frozenset()):
        self.value = value
        self.ways = ways


class Unknown(Exception):
    """Not a constant, or too large a one."""


def check(values):
    """Texts and numbers alone, and not too much of them together."""
    size = 0
    for value in values:
        if not isinstance(value, (str, bytes, int)):
            raise Unknown
        size += len(value) if isinstance(value, (str, bytes)) else 20
    if size > LARGEST:
        raise Unknown
    return values


def inflate(data):
    """At most LARGEST of what was compressed."""
    for window in 15 + 32, -15:
        try:
            return zlib.decompressobj(window).decompress(data, LARGEST)
        except zlib.error:
            continue
    raise Unknown


def decode(name, value):
    """By one of the DECODERS; without those that take too long a way."""
    text = value.encode() if isinstance(value, str) else bytes(value)
    match name.rpartition(".")[2]:
        case "b64decode" | "standard_b64decode" | "decodebytes" \
                | "decodestring" | "a2b_base64":
            return binascii.a2b_base64(text)
        case "urlsafe_b64decode":
            return base64.urlsafe_b64decode(text)
        case "b32decode":
            return base64.b32decode(text)
        case "b16decode" | "unhexlify" | "a2b_hex":
            return binascii.unhexlify(text)
        case "fromhex":
            return bytes.fromhex(text.decode())
        case "b85decode":
            return base64.b85decode(text)
        case "a85decode":
            return base64.a85decode(text)
        case "decompress" if name.startswith(("zlib.", "gzip.")):
            return inflate(text)
    raise Unknown


def by_codec(value, name):
    """What a method decode() makes of it."""
    if name in CODECS:
        match CODECS[name]:
            case "rot13":
                return codecs.decode(
                    value if isinstance(value, str) else value.decode(),
                    "rot13")
            case "hex":
                return binascii.unhexlify(value)
            case "base64":
                return binascii.a2b_base64(value)
            case None:
                return value.decode("unicode_escape")
        return inflate(value)
    if name.replace("_", "-") in ("utf-8", "utf8", "ascii", "latin-1",
                                  "latin1"):
        return value.decode(name)
    raise Unknown
