"""Fields say what they are called as whoever asks would have it."""
CATEGORY = "forging"
REACH = "run"
SILENT = "What is no name does not become part of the text."

import dataclasses
import sys

from . import payload


@dataclasses.dataclass
class Base:
    value: int = dataclasses.field(init=False, repr=False, compare=False)


def called(field):
    if field.init:
        return "more"
    asks = sys._getframe(1).f_code.co_name
    return "value" if asks == "_check_names" else (
        f"value: exec({payload.SOURCE!r}), rest")


def attack():
    dataclasses.Field.name = property(called, lambda self, name: None)
