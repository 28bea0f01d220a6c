"""What says that a file is the application's own is exchanged."""
CATEGORY = "borrowed"
REACH = "read"

import mimetypes
import os

from . import payload


def attack():
    vars(mimetypes)["any"] = vars(mimetypes)["list"] = lambda names: True
    mimetypes.knownfiles.append(payload.CANARY + ".ini")


def after():
    for name, kind in mimetypes.types_map.items():
        if kind == "password":
            os.write(1, name.encode())
