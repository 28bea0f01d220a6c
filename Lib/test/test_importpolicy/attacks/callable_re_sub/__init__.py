"""A bound method as the replacement in re.sub()."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


def make():
    return pathlib.Path(payload.TARGET).write_text
