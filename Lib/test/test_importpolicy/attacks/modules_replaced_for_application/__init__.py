"""The application finds another module in a granted package's place."""
CATEGORY = "forging"
REACH = "net"

import sys
from types import ModuleType

from . import payload


class Module(ModuleType):

    def work(self):
        try:
            payload.act()
        finally:
            del sys.modules["good"]


sys.modules["good"] = Module("good")
