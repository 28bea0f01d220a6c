"""readinto() says that it has read more than there is room for."""
CATEGORY = "tampering"
REACH = "read"
MEMORY = True
POLICIES = ("baseline", "deny")
SILENT = "The size is looked at, and is an error."

import io
import os


class Raw(io.RawIOBase):

    def readinto(self, buffer):
        return 4096


def look():
    for _ in range(20):
        os.write(1, Raw().read(200))
