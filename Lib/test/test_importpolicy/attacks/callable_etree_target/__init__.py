"""A C function in the target of an XMLParser."""
CATEGORY = "callable"
REACH = "write"

import os
from xml.etree import ElementTree

from . import payload


class Target:
    data = staticmethod(os.mkdir)


TARGET = payload.TARGET


def make():
    return ElementTree.XMLParser(target=Target())
