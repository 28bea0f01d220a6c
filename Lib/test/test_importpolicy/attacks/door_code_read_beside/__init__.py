"""A loader compiles a file of the application's that is no code."""
CATEGORY = "tampering"
REACH = "read"
POLICIES = "deny"

from importlib.machinery import SourceFileLoader

from . import payload


def attack():
    import os
    path = payload.ROOT + "/app/secrets.txt"
    try:
        code = SourceFileLoader("canary", path).get_code("canary")
        text = " ".join(map(str, code.co_names + code.co_consts))
    except SyntaxError as error:
        text = error.text
    os.write(1, text.encode())
