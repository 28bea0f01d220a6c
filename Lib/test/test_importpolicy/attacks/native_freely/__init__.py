"""ctypes writes into the interpreter where nobody restricts it."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"
BEYOND = "Native code is above every rule: restrict ffi, as the presets do."

from . import payload


def attack():
    import ctypes
    import _imp
    if _imp.has_policy():
        for switch in "_PyPolicy_Active", "_PyPolicy_Judges":
            ctypes.c_int.in_dll(ctypes.pythonapi, switch).value = 0
    payload.act()
