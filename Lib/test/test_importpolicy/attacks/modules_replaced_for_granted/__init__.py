"""A granted package finds another module in the standard library's place."""
CATEGORY = "forging"
REACH = "net"

import sys
from types import ModuleType

from . import payload


class Socket(ModuleType):

    def create_connection(self, *args):
        del sys.modules["socket"]
        payload.act()


sys.modules["socket"] = Socket("socket")
