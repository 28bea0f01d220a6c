"""The spec's submodule_search_locations are changed before a submodule."""
CATEGORY = "forging"
REACH = "net"

import os
import good

def attack():
    good.__spec__.submodule_search_locations[:] = [
        os.path.dirname(__file__) + "/more"]
    from good import extra
    extra.get()
