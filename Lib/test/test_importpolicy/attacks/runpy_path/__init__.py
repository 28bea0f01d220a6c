"""runpy.run_path of a file of one's own as __main__."""
CATEGORY = "forging"
REACH = "net"

import os
import runpy

def attack():
    runpy.run_path(os.path.dirname(__file__) + "/task.py",
                   run_name="__main__")
