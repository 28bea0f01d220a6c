"""The application unpacks an archive."""

import os
import shutil
import sys

import evil
import good

try:
    archive = os.path.abspath("archive.zip")
    open(archive, "wb").close()
    shutil.unpack_archive(archive, evil.attack())
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
