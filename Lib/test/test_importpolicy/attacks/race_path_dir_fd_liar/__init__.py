"""A descriptor that answers differently each time."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    granted = os.open(HOME, os.O_RDONLY | os.O_DIRECTORY)
    other = os.open(payload.ROOT, os.O_PATH)

    class Directory(int):
        answers = [granted, granted, other]

        def __index__(self):
            return self.answers.pop(0) if self.answers else other

        __int__ = __index__

    os.mkdir("out/evil", dir_fd=Directory(other))
