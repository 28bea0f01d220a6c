"""The interpreter's own cache of compiled files is written to."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "deny"
GRANT = {"write": True, "read": True}
ENV = {"PYTHONDONTWRITEBYTECODE": ""}
RUNS = 2

import glob
import importlib._bootstrap_external as external

from . import payload


def attack():
    import _imp
    if not _imp.has_policy():
        return payload.act()
    import good
    code = compile(payload.SOURCE, good.__file__, "exec")
    for path in glob.glob(payload.ROOT + "/home/.cache/**", recursive=True,
                          include_hidden=True):
        if "bytecode/" in path:
            with open(path, "r+b") as file:
                file.write(external._code_to_timestamp_pyc(code))
