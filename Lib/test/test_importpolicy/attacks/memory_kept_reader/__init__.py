"""What readinto() of a raw file is lent is kept, and looked at later."""
CATEGORY = "tampering"
REACH = "read"
MEMORY = True
POLICIES = ("baseline", "deny")
SILENT = "What was lent is memory of its own, and shows what was put there."

import io
import os

kept = []


class Raw(io.RawIOBase):

    def readable(self):
        return True

    def readinto(self, buffer):
        kept.append(memoryview(buffer))
        return 0


def attack():
    for _ in range(10):
        io.BufferedReader(Raw(), 200).read(1)


def look():
    for view in kept:
        os.write(1, bytes(view))
