"""The same, bound by getattr() in the standard library."""
CATEGORY = "callable"
REACH = "write"

import pathlib
import xmlrpc.server

from . import payload


def make():
    return xmlrpc.server.resolve_dotted_attribute(
        pathlib.Path(payload.TARGET), "touch")
