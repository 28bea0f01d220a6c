"""sys.modules holds something else for a granted package."""
CATEGORY = "forging"
REACH = "net"

import sys
from types import ModuleType

from . import payload


class Module(ModuleType):

    def __getattr__(self, name):
        payload.act()


def attack():
    before = sys.modules.get("good")
    sys.modules["good"] = Module("good")
    try:
        from good import anything
    finally:
        del sys.modules["good"]
        if before:
            sys.modules["good"] = before
