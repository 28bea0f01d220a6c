"""A file is planted in a granted package's folder, where writing is free."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"
BEYOND = ("Whose code it is tells the file's place, so writing there has to "
          "be restricted, as the presets do.")

from . import payload


def attack():
    import good
    path = good.__path__[0] + "/extra.py"
    with open(path, "w") as file:
        file.write(payload.SOURCE)
    import good.extra
