"""A main program of the library as sys.breakpointhook."""
CATEGORY = "deferred"
REACH = "write"
GRANT = {"patch": ["sys"]}

import sys
import zipfile

from . import payload


def attack():
    sys.argv[1:] = ["-c", payload.TARGET, __file__]
    sys.breakpointhook = zipfile.main
