"""An exception that nobody catches is shown by the interpreter."""
CATEGORY = "tampering"
REACH = "read"

from . import payload


def attack():
    code = compile("1 / 0", payload.CANARY, "exec")
    exec(code)
