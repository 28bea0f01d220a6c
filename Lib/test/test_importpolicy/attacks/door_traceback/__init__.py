"""A traceback shows a line of the file that the code says it is from."""
CATEGORY = "tampering"
REACH = "read"

from . import payload


def attack():
    import io
    import os
    import traceback
    code = compile("1 / 0", payload.CANARY, "exec")
    try:
        exec(code)
    except ZeroDivisionError:
        os.write(1, traceback.format_exc().encode())
