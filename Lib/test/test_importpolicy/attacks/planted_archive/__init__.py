"""An archive is planted with the application, and put on the path."""
CATEGORY = "forging"
REACH = "run"
POLICIES = ("baseline", "deny")
GRANT = {"write": ["$APP/data"], "run": False}

import os
import sys
import zipfile

from . import payload


def attack():
    path = payload.ROOT + "/app/data"
    os.makedirs(path, exist_ok=True)
    with zipfile.ZipFile(path + "/report.zip", "w") as archive:
        archive.writestr("notes.py", payload.SOURCE)
    sys.path.append(path + "/report.zip")
    import notes
