"""A dataclass is made with code in the name of a field's type."""
CATEGORY = "forging"
REACH = "net"

import dataclasses

from . import payload


def attack():
    import good
    kind = dataclasses.make_dataclass("Record", [
        ("port", int, dataclasses.field(default_factory=payload.act))],
        module="good")
    kind()
