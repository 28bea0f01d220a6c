"""A function of own code over the globals of a granted package."""
CATEGORY = "forging"
REACH = "net"

from types import FunctionType

from . import payload


def attack():
    import good
    code = compile(payload.SOURCE, good.__file__, "exec")
    FunctionType(code, vars(good), "send")()
