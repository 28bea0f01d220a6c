"""A relative path from the application's directory."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    open("../out/evil", "w").close()
