"""What write() of a raw file is shown is kept, and looked at later."""
CATEGORY = "tampering"
REACH = "read"
MEMORY = True
POLICIES = ("baseline", "deny")
SILENT = "What was lent is memory of its own, and shows what was put there."

import io
import os

kept = []


class Raw(io.RawIOBase):

    def writable(self):
        return True

    def write(self, data):
        kept.append(memoryview(data))
        return len(data)


def attack():
    for _ in range(10):
        writer = io.BufferedWriter(Raw(), 200)
        writer.write(b"x" * 199)
        writer.flush()


def look():
    for view in kept:
        os.write(1, bytes(view))
