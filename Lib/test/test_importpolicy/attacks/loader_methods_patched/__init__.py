"""All that a loader is asked for is changed before a granted import."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "deny"

from importlib.machinery import SourceFileLoader

from . import payload


def get_code(self, name, before=SourceFileLoader.get_code):
    if name == "good":
        return compile(payload.SOURCE, "good.py", "exec")
    return before(self, name)


def attack():
    SourceFileLoader.get_code = get_code
