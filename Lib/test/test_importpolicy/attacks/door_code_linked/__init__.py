"""A link with a module's name leads to the canary."""
CATEGORY = "tampering"
REACH = "read"
POLICIES = "allow"

from importlib.machinery import SourceFileLoader

from . import payload


def attack():
    import os
    path = payload.ROOT + "/tmp/module.py"
    os.symlink(payload.CANARY, path)
    try:
        code = SourceFileLoader("module", path).get_code("module")
        text = " ".join(map(str, code.co_names + code.co_consts))
    except SyntaxError as error:
        text = error.text
    os.write(1, text.encode())
