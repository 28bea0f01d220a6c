"""A closure of the standard library's over a C function."""
CATEGORY = "callable"
REACH = "run"
BEYOND = """The application calls it with what it was given, as it might call
the C function itself (callable_bare): the closure adds nothing to that. Where
one is kept to be called later, or bound to arguments, it has a builder as a C
function has."""

import functools
import os

from . import payload

function = functools.singledispatch(os.system)
TEXT = payload.COMMAND
