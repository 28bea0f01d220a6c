"""A path that leaves a granted directory with dots."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    open(HOME + "/../out/evil", "w").close()
