"""readline's own settings include a file, and their errors show it."""
CATEGORY = "borrowed"
REACH = "read"
NEEDS = ("readline",)

import readline

from . import payload


def attack():
    path = payload.ROOT + "/home/settings"
    with open(path, "w") as file:
        file.write(f"$include {path}.more\n")
    with open(path + ".more", "w") as file:
        file.write(f"$include {payload.CANARY}\n")
    readline.read_init_file(path)
