"""A directory in front of sys.path holds a package of a granted name."""
CATEGORY = "forging"
REACH = "net"

import os
import sys

def attack():
    path = os.path.dirname(__file__) + "/fake"
    sys.path.insert(0, path)
    sys.modules.pop("good", None)
    try:
        import good
    finally:
        sys.path.remove(path)
        sys.modules.pop("good", None)
