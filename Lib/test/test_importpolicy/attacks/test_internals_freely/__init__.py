"""A test module runs code in an interpreter of its own, from C."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "allow"

from . import payload


def attack():
    import _testcapi
    _testcapi.run_in_subinterp(payload.SOURCE)
