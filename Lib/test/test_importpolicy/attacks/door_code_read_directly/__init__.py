"""The function that loads code compiles the canary."""
CATEGORY = "tampering"
REACH = "read"

from importlib.machinery import SourceFileLoader

from . import payload


def attack():
    import _imp
    import os
    if not _imp.has_policy():
        return payload.act()
    loader = SourceFileLoader("canary", payload.CANARY)
    try:
        code = _imp.get_code(loader, "canary", payload.CANARY,
                             lambda path: None, SourceFileLoader)
        text = " ".join(map(str, code.co_names + code.co_consts))
    except SyntaxError as error:
        text = error.text
    os.write(1, text.encode())
