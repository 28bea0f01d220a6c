"""An exception that nobody catches is shown by the interpreter."""
CATEGORY = "tampering"
REACH = "read"
BEYOND = ("A traceback shows lines of the file that its code names, to "
          "whoever reads standard error.")

from . import payload


def attack():
    code = compile("1 / 0", payload.CANARY, "exec")
    exec(code)
