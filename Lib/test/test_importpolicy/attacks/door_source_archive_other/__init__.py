"""The application's archive is read with a loader of archives of one's own."""
CATEGORY = "borrowed"
REACH = "read"

import linecache
import os
import zipimport

from . import payload


def attack():
    loader = object.__new__(zipimport.zipimporter)
    vars(loader).update(archive=payload.CANARY + ".zip", prefix="")
    members = {"own.py": ("own.py", 0, 32, 32, 0, 0, 0, 0)}
    loader._files, loader._get_files = members, lambda: members
    names = {"__name__": "own", "__loader__": loader}
    exec(compile("1 / 0", "/there/is/none.py", "exec"), names)


def after():
    os.write(1, linecache.cache["/there/is/none.py"][2][0].encode())
