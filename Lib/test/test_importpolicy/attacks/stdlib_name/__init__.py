"""A module of one's own has the name of one of the standard library."""
CATEGORY = "forging"
REACH = "net"

import os
import sys

def attack():
    sys.path.insert(0, os.path.dirname(__file__) + "/fake")
    sys.modules.pop("this", None)
    import this
