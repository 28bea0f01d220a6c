"""A local variable of the application's generator is written."""
CATEGORY = "borrowed"
REACH = "write"
POLICIES = ("baseline", "deny")

from . import payload


def attack(generator=None):
    generator.gi_frame.f_locals["path"] = payload.TARGET
