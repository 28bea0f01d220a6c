"""The same for a file of the package's own."""
CATEGORY = "tampering"
REACH = "write"
ENV = {"PYTHONDONTWRITEBYTECODE": ""}

from importlib.machinery import SourceFileLoader

from . import payload


def attack():
    import _imp
    if not _imp.has_policy():
        return payload.act()
    _imp.get_code(SourceFileLoader("evil", __file__), "evil", __file__,
                  lambda path: payload.TARGET, SourceFileLoader)
