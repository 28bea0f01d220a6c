"""A loader compiles the canary, and the error shows it."""
CATEGORY = "tampering"
REACH = "read"

from importlib.machinery import SourceFileLoader

from . import payload


def attack():
    import os
    try:
        code = SourceFileLoader("canary", payload.CANARY).get_code("canary")
        text = " ".join(map(str, code.co_names + code.co_consts))
    except SyntaxError as error:
        text = error.text
    os.write(1, text.encode())
