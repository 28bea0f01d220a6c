"""What the library asks is another module, put where it is looked for."""
CATEGORY = "tampering"
REACH = "write"

import os
import sys
from types import SimpleNamespace

from . import payload

sys.modules["_imp"] = SimpleNamespace(has_policy=lambda: False)


def attack(scheduler):
    scheduler.enter(0, 1, os.mkdir, (payload.TARGET,))
