"""_imp._fix_co_filename gives code a granted package's file."""
CATEGORY = "forging"
REACH = "net"

from . import payload


def attack():
    import _imp
    import good
    code = compile(payload.SOURCE, "here", "exec")
    _imp._fix_co_filename(code, good.__file__)
    exec(code, vars(good))
