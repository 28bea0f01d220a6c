"""An archive holds a package of a granted name."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"

import os
import sys
import zipfile

from . import payload


def attack():
    path = payload.ROOT + "/tmp/good.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good/extra.py", payload.SOURCE)
    import good
    good.__path__.append(path + "/good")
    import good.extra
