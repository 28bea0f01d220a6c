"""site is asked to read a .pth file of a granted name."""
CATEGORY = "forging"
REACH = "net"
POLICY = {"socket": ["good", "hook.pth"]}
POLICIES = "allow"

import os
import site

def attack():
    site.addpackage(os.path.dirname(__file__), "hook.pth", set())
