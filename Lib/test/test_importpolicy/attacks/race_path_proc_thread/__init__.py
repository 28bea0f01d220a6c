"""A path through a thread's entry in /proc."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    open("/proc/thread-self/root" + payload.TARGET, "w").close()
