"""__path__ is another list, and the submodule's body is the attack."""
CATEGORY = "forging"
REACH = "net"

import os
import good

def attack():
    good.__path__ = [os.path.dirname(__file__) + "/more"]
    try:
        from good import extra
    finally:
        good.__path__ = [os.path.dirname(good.__file__)]
