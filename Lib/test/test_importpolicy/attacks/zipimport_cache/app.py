"""The application uses a granted package that is in an archive."""

import os
import sys
import zipfile

import good

root = os.path.dirname(os.path.dirname(good.__file__))
with zipfile.ZipFile(root + "/packed.zip", "w") as archive:
    archive.writestr("packed.py", "import good; good.work()")

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

sys.path.append(root + "/packed.zip")
try:
    import packed
except Exception as error:
    print(error)
good.work()
