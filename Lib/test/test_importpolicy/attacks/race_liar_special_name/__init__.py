"""The name of a special method is another one when it is asked again."""
CATEGORY = "races"
REACH = "write"
SILENT = """The name is asked once more while the class is made, and then is none
that anybody looks for."""

import os

from . import payload


class Name(str):
    asked = 0

    def __hash__(self):
        Name.asked += 1
        return hash(str(self)) + (Name.asked > 1)

    def __eq__(self, other):
        return str(self) == other


Text = type("Text", (str,), {Name("__lt__"): os.mkdir})
one = other = Text(payload.TARGET)
