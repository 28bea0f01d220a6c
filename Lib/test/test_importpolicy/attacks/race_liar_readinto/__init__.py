"""A raw file of the library's has a readinto() only when it is called."""
CATEGORY = "races"
REACH = "read"
MEMORY = True
POLICIES = ("baseline", "deny")
SILENT = "What was lent is memory of its own, and shows what was put there."

import _imp
import io
import os

kept = []


class Liar(str):
    """The same as another key, but for the look-up that judges."""

    asked = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        self.asked += 1
        return self.asked > _imp.has_policy()


def keep(buffer):
    kept.append(memoryview(buffer))
    return 0


def attack():
    for _ in range(10):
        raw = io.FileIO("/dev/null")
        reader = io.BufferedReader(raw, 200)
        vars(raw)[Liar("readinto")] = keep
        reader.read(1)
        del reader, raw


def look():
    for view in kept:
        os.write(1, bytes(view))
