"""The interpreter's own test modules run code from C."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("baseline", "deny")

from . import payload


def attack():
    import _testcapi
    _testcapi.run_in_subinterp(payload.SOURCE)
