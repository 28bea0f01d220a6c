"""An object that is shared has a method whose name is code."""
CATEGORY = "forging"
REACH = "run"
SILENT = "What is no name does not become part of the text."

from . import payload


class Shared:
    pass


def attack():
    setattr(Shared, f"f(self): pass\n{payload.SOURCE}\ndef g", print)
