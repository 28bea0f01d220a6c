"""readline's settings are read again, from what is a link by now."""
CATEGORY = "borrowed"
REACH = "read"
NEEDS = ("readline",)

import os
import readline

from . import payload


def attack():
    path = payload.ROOT + "/home/settings"
    with open(path, "w") as file:
        file.write("set bell-style none\n")
    readline.read_init_file(path)
    os.unlink(path)
    os.symlink(payload.CANARY, path)
    readline.read_init_file()
