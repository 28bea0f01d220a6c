"""A compiled file without a source."""
CATEGORY = "forging"
REACH = "net"
POLICIES = ("baseline", "deny")
GRANT = {"read": ["$TMP"], "write": ["$TMP"]}

import importlib._bootstrap_external as external
import sys

from . import payload


def attack():
    code = compile(payload.SOURCE, "good.py", "exec")
    with open(payload.ROOT + "/tmp/task.pyc", "wb") as file:
        file.write(external._code_to_timestamp_pyc(code))
    sys.path.append(payload.ROOT + "/tmp")
    import task
