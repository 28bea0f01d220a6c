"""A portion is planted in a namespace package that was granted."""
CATEGORY = "forging"
REACH = "net"
POLICY = {"socket": ["good", "ns"]}
POLICIES = "allow"

import os
import sys

def attack():
    sys.path.append(os.path.dirname(__file__) + "/more")
    import ns.task
