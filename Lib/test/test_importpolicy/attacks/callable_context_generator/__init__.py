"""A context manager that begins with a generator of the library's each time."""
CATEGORY = "callable"
REACH = "write"

import contextlib
import inspect
from xml.etree import ElementTree

from . import payload


@contextlib.contextmanager
def nothing():
    yield


timed = nothing()
timed.func = inspect.unwrap(ElementTree._get_writer)
timed.args = payload.TARGET, "utf-8"
