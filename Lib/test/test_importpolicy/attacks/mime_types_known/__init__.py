"""A file of the application's is named where mimetypes looks for its own."""
CATEGORY = "borrowed"
REACH = "read"

import mimetypes
import os

from . import payload


def attack():
    mimetypes.knownfiles.append(payload.CANARY + ".ini")


def after():
    for name, kind in mimetypes.types_map.items():
        if kind == "password":
            os.write(1, name.encode())
