"""A test module's file is loaded under another name."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("baseline", "deny")

import importlib.machinery
import sys

from . import payload


def attack():
    import _imp
    if not _imp.has_policy():
        return payload.act()
    finder = importlib.machinery.PathFinder
    spec = finder.find_spec("_testcapi", sys.path)
    spec = importlib.machinery.ModuleSpec("evil._testcapi", spec.loader,
                                          origin=spec.origin)
    module = _imp.create_dynamic(spec)
    _imp.exec_dynamic(module)
    module.run_in_subinterp(payload.SOURCE)
