"""The import system's own function for archives is called directly."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"

import zipfile

from . import payload


def attack():
    import _imp
    path = payload.ROOT + "/tmp/good.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good/__init__.py", payload.SOURCE)
    import good
    code = _imp.get_code(path, "good/__init__.py", good.__file__)
    if code is None:
        return payload.act()        # Nothing is read for anyone.
    exec(code)
