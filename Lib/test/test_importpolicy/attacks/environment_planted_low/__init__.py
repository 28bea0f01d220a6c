"""The same with putenv, and for a child that a granted package starts."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = "allow"
GRANT = {"run": True}

import os

def attack():
    os.putenv("PYTHONPATH", os.path.dirname(__file__) + "/fake")
