"""A shadow of what a granted package requires rides on its grant."""
CATEGORY = "forging"
REACH = "net"

import os
import sys

sys.path.insert(0, os.path.dirname(__file__) + "/fake")
