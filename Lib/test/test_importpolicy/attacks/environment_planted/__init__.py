"""PYTHONPATH is planted for the application's own children."""
CATEGORY = "ways out"
REACH = "net"
POLICIES = ("allow", "baseline")
GRANT = {"run": True}

import os

def attack():
    os.environ["PYTHONPATH"] = os.path.dirname(__file__) + "/fake"
