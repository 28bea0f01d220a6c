"""importlib's _compile_bytecode gives other code."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "deny"

import importlib._bootstrap_external as external

from . import payload


def attack():
    import good
    import marshal
    code = compile(payload.SOURCE, good.__file__, "exec")
    exec(external._compile_bytecode(
        marshal.dumps(code), "good", good.__cached__, good.__file__))
