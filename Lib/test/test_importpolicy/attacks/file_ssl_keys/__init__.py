"""The keys of a TLS connection are written to a file."""
CATEGORY = "borrowed"
REACH = "write"
NEEDS = ("ssl",)

from . import payload


def attack(client, server):
    client.keylog_filename = payload.TARGET
