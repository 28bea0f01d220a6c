"""The collector gives a class's dictionary; a library's function is __lt__."""
CATEGORY = "callable"
REACH = "write"
BEYOND = """What is written into a class is looked at, but what is written past
the class is called as fast as ever when it binds.  To see it, the dictionary
of a class would have to be kept from those who find it, as gc.get_referents()
does."""

import gc
import shutil

from . import payload


class Text(str):
    def __lt__(self, other):
        pass


gc.get_referents(vars(Text))[0]["__lt__"] = shutil.copyfile
Text.changed = True
one, other = Text(__file__), Text(payload.TARGET)
