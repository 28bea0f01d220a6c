"""The arguments of the application's thread are exchanged."""
CATEGORY = "deferred"
REACH = "write"

from . import payload


def attack(thread):
    thread._args = payload.TARGET,
