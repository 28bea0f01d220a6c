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
    if not hasattr(_imp, "load_zip_code"):
        return payload.act()        # There is none without a policy.
    import good
    exec(_imp.load_zip_code(path, "good/__init__.py", good.__file__))
