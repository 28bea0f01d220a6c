"""A function of C is written into shutil's table of archive formats."""
CATEGORY = "callable"
REACH = "write"

import os
import shutil

from . import payload


def attack():
    shutil._UNPACK_FORMATS["zip"] = [".zip"], os.symlink, [], ""
    return payload.TARGET
