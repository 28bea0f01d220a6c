"""The deprecated load_module, with a granted package's name."""
CATEGORY = "forging"
REACH = "net"

import os
import sys
from importlib.machinery import SourceFileLoader

def attack():
    import good
    path = os.path.join(os.path.dirname(__file__), "task.py")
    try:
        SourceFileLoader("good", path).load_module()
    finally:
        sys.modules["good"] = good
