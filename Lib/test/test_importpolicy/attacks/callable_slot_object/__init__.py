"""An object of the standard library, which can be called, as __lt__."""
CATEGORY = "callable"
REACH = "write"

import argparse

from . import payload


class Text(str):
    __lt__ = argparse.FileType("w")


one = other = Text(payload.TARGET)
