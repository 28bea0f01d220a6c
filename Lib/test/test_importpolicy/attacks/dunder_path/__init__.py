"""A granted package's __path__ gets a directory of one's own."""
CATEGORY = "forging"
REACH = "net"

import os

def attack():
    import good
    good.__path__.append(os.path.dirname(__file__) + "/more")
    import good.extra
    good.extra.get()
