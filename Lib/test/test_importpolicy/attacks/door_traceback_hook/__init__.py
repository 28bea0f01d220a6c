"""sys.excepthook shows a line of the file that the code says it is from."""
CATEGORY = "tampering"
REACH = "read"

from . import payload


def attack():
    import sys
    code = compile("1 / 0", payload.CANARY, "exec")
    try:
        exec(code)
    except ZeroDivisionError:
        sys.__excepthook__(*sys.exc_info())
