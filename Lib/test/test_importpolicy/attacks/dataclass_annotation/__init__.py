"""A base adds an annotation to the class, which is code."""
CATEGORY = "forging"
REACH = "run"
SILENT = "What is no name does not become part of the text."

import dataclasses

from . import payload

NAME = f"value: exec({payload.SOURCE!r}), rest"


class Base:

    def __init_subclass__(cls):
        cls.__annotations__[NAME] = int
        setattr(cls, NAME, dataclasses.field(init=False, repr=False,
                                             compare=False))


def attack():
    pass
