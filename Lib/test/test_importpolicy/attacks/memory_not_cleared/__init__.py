"""What readinto() is lent still holds what was there before."""
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
        kept.append(buffer)
        return len(buffer)


def look():
    for _ in range(1000):
        os.write(1, Raw().read(200))
        reader = io.BufferedReader(Raw(), 200)
        os.write(1, reader.read(200))
        kept.append(reader)
