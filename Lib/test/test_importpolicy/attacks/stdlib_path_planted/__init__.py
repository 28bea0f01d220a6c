"""A package of the standard library gets a directory of one's own."""
CATEGORY = "forging"
REACH = "net"

import os

def attack():
    import json
    json.__path__.append(os.path.dirname(__file__) + "/fake")
    import json.task
