"""A function of C is written into shutil's table of archive formats."""
CATEGORY = "callable"
REACH = "write"
BEYOND = """The table is a dictionary that all share, and the function that
looks there does what is judged itself, so that it cannot act for nobody."""

import os
import shutil

from . import payload


def attack():
    shutil._UNPACK_FORMATS["zip"] = [".zip"], os.symlink, [], ""
    return payload.TARGET
