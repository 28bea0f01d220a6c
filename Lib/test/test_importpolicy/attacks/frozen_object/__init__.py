"""_imp.get_frozen_object is given data of one's own."""
CATEGORY = "forging"
REACH = "net"

import marshal

from . import payload


def attack():
    import _imp
    code = compile(payload.SOURCE, "<frozen os>", "exec")
    exec(_imp.get_frozen_object("os", marshal.dumps(code)))
