"""What readinto() of a pickle's file is lent is kept, and looked at later."""
CATEGORY = "tampering"
REACH = "read"
MEMORY = True
POLICIES = ("baseline", "deny")
SILENT = "What was lent is memory of its own, and shows what was put there."

import os
import pickle

SIZE = 170                      # a bytes object of the same size as the str
kept = []


class File:

    def __init__(self):
        self.data = b"\x80\x05\x8e" + SIZE.to_bytes(8, "little")

    def read(self, size):
        data, self.data = self.data[:size], self.data[size:]
        return data

    def readline(self):
        return b""

    def readinto(self, buffer):
        kept.append(memoryview(buffer))
        return 0


def attack():
    for _ in range(10):
        try:
            pickle.load(File())
        except pickle.UnpicklingError:
            pass


def look():
    for view in kept:
        os.write(1, bytes(view))
