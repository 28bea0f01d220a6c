"""site.addsitedir with a directory that has a .pth file."""
CATEGORY = "forging"
REACH = "net"
POLICY = {"socket": ["good", "hook.pth"]}
POLICIES = "allow"

import os
import site

def attack():
    site.addsitedir(os.path.dirname(__file__) + "/more")
