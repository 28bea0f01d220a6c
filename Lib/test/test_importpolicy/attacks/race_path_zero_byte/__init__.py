"""A path with a zero byte, which some would cut there."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    for end in "", "\0", "\0" + HOME:
        try:
            open(payload.TARGET + end, "w").close()
        except ValueError:
            pass
