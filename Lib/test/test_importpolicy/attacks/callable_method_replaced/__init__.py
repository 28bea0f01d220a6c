"""A function of C in the place of a method of an object of the library's."""
CATEGORY = "callable"
REACH = "run"
POLICIES = "allow"
BEYOND = (
    "An attribute of an object is anybody's to set, and most methods of the "
    "standard library call others of their object: where the application has "
    "one of them called, it does what the object was told. List __main__ in "
    "$permissions to restrict it.")

import cmd
import os

from . import payload

shell = cmd.Cmd()
shell.cmdqueue = [payload.COMMAND]
shell.default = os.system
shell.postcmd = lambda stop, line: True
