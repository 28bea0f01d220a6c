"""The import system is told to write its compiled code elsewhere."""
CATEGORY = "tampering"
REACH = "write"
ENV = {"PYTHONDONTWRITEBYTECODE": ""}

from importlib.machinery import SourceFileLoader

from . import payload


def attack():
    import _imp
    import encodings
    if not _imp.has_policy():
        return payload.act()
    path = encodings.__file__.replace("encodings/__init__", "this")
    _imp.get_code(SourceFileLoader("this", path), "this", path,
                  lambda path: payload.TARGET, SourceFileLoader)
