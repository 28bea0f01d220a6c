"""A function's name says that it is one, and is more code."""
CATEGORY = "forging"
REACH = "run"
SILENT = "What is no name does not become part of the text."

from . import payload


class Name(str):

    def isidentifier(self):
        return True


def function():
    pass


def attack():
    function.__name__ = Name(f"f(): pass\n{payload.SOURCE}\ndef f")
