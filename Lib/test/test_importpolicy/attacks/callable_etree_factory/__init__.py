"""A C function as the comment factory of a TreeBuilder."""
CATEGORY = "callable"
REACH = "write"

import os
from xml.etree import ElementTree

from . import payload

TARGET = payload.TARGET


def make():
    return ElementTree.TreeBuilder(comment_factory=os.mkdir,
                                   insert_comments=True)
