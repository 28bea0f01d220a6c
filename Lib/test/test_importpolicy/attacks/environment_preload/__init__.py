"""LD_PRELOAD is set for a program that was granted."""
CATEGORY = "ways out"
REACH = "run"
POLICIES = ("baseline", "deny")
GRANT = {"run": ["true"], "env": True, "write": ["$TMP"]}

import os
import subprocess

from . import payload


def attack():
    import _imp
    path = payload.ROOT + "/tmp/library.so"
    if not _imp.has_policy():
        return payload.act()        # A compiler may be missing.
    with open(path, "wb") as file:
        file.write(b"\x7fELF")
    subprocess.run(["true"], env={"LD_PRELOAD": path})
