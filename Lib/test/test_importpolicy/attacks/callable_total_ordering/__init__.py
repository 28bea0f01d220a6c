"""os.symlink() is what a class gives as its __lt__, to functools.total_ordering."""
CATEGORY = "callable"
REACH = "write"

import functools
import os

from . import payload


class Giving:
    def __get__(self, object, cls):
        return os.symlink


@functools.total_ordering
class Path:
    __lt__ = Giving()

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


one, other = Path("/"), Path(payload.TARGET)
