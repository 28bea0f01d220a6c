"""A bound method as the trace callback."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


def attack(connection):
    connection.set_trace_callback(pathlib.Path(payload.TARGET).write_text)
