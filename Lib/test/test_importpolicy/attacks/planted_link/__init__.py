"""A link in a granted package's folder leads to a file of one's own."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "baseline"

import os

def attack():
    import good
    os.symlink(os.path.dirname(__file__) + "/task.py",
               good.__path__[0] + "/extra.py")
    import good.extra
