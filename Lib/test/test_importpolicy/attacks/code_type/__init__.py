"""CodeType is called with a granted package's file name."""
CATEGORY = "forging"
REACH = "net"

from types import CodeType, FunctionType

from . import payload


def attack():
    import good
    code = payload.act.__code__
    made = CodeType(
        code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount,
        code.co_nlocals, code.co_stacksize, code.co_flags, code.co_code,
        code.co_consts, code.co_names, code.co_varnames, good.__file__,
        "send", "send", 1, code.co_linetable, code.co_exceptiontable)
    FunctionType(made, vars(payload))()
