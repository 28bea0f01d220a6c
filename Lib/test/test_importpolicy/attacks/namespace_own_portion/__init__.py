"""A namespace that was granted has a portion inside of the package."""
CATEGORY = "forging"
REACH = "net"
POLICY = {"socket": ["good", "ns"]}
POLICIES = "allow"

import os

def attack():
    import ns
    ns.__path__.append(os.path.dirname(__file__) + "/ns")
    import ns.task
