"""A path through /proc/self/cwd."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    open("/proc/self/cwd/../out/evil", "w").close()
