"""A test module that the application has loaded already."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("baseline", "deny")

from . import payload


def attack():
    import importlib
    importlib.import_module("_testcapi").run_in_subinterp(payload.SOURCE)
