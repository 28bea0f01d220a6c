"""A generator of the standard library that opens a file to write to it."""
CATEGORY = "deferred"
REACH = "write"

import inspect
from xml.etree import ElementTree

from . import payload


def make():
    writer = inspect.unwrap(ElementTree._get_writer)
    return writer(payload.TARGET, "utf-8")
