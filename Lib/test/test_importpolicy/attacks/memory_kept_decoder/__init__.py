"""What a codec is to decode is kept, and looked at later."""
CATEGORY = "tampering"
REACH = "read"
MEMORY = True
POLICIES = ("baseline", "deny")
SILENT = "What was lent is memory of its own, and shows what was put there."

import codecs
import os

kept = []


def decode(data, errors="strict"):
    kept.append(memoryview(data))
    return "", len(data)


def attack():
    info = codecs.CodecInfo(decode, decode, name="evil")
    codecs.register(lambda name: info if name == "evil" else None)
    for i in range(10):
        (b"x" * (160 + i % 2)).decode("evil")


def look():
    for view in kept:
        os.write(1, bytes(view))
