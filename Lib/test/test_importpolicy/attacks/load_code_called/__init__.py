"""The import system's own function for files is called directly."""
CATEGORY = "forging"
REACH = "net"

import os
from importlib.machinery import SourceFileLoader

from . import payload


def attack():
    import _imp
    import good
    if not _imp.has_policy():
        return payload.act()
    path = os.path.join(os.path.dirname(good.__file__), "..", "evil",
                        "task.py")
    loader = SourceFileLoader("good", good.__file__)
    code = _imp.get_code(loader, "good", path, lambda path: None,
                         SourceFileLoader)
    exec(code, {"__name__": "good"})
