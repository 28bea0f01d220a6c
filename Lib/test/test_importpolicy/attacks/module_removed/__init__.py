"""importpolicy is removed from sys.modules, and another one put there."""
CATEGORY = "tampering"
REACH = "net"

import sys
from types import ModuleType

from . import payload


def attack():
    for name in "importpolicy", "_importpolicy":
        sys.modules[name] = ModuleType(name)
    payload.act()
