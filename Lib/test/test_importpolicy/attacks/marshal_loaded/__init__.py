"""marshal.loads of code with a granted package's file name."""
CATEGORY = "forging"
REACH = "net"

import marshal

from . import payload


def attack():
    import good
    code = compile(payload.SOURCE, good.__file__, "exec")
    exec(marshal.loads(marshal.dumps(code)), vars(good))
