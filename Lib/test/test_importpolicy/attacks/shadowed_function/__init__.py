"""A shadow of a granted package is left for the application to call."""
CATEGORY = "forging"
REACH = "net"

import os
import sys

sys.path.insert(0, os.path.dirname(__file__) + "/fake")
