"""A child runs an archive."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "read": ["$TMP"],
         "write": ["$TMP"]}

import subprocess
import zipfile

from . import payload


def attack():
    path = payload.ROOT + "/tmp/app.pyz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__main__.py", payload.SOURCE)
        archive.writestr("policy.json", '{"socket": "*"}')
    subprocess.run([payload.PYTHON, path])
