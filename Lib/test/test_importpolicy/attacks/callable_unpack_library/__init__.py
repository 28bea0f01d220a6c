"""A function of the library is written into shutil's table of formats."""
CATEGORY = "callable"
REACH = "write"

import shutil

from . import payload


def attack():
    shutil._UNPACK_FORMATS["zip"] = [".zip"], shutil.copyfile, [], ""
    return payload.TARGET
