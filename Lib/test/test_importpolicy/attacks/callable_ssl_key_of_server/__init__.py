"""A C function that is asked for the server's shared key."""
CATEGORY = "callable"
REACH = "write"
NEEDS = ("ssl",)

import os

from . import payload


def attack(client, server):
    client.set_psk_client_callback(lambda hint: (payload.TARGET, b"key"))
    server.set_psk_server_callback(os.mkdir)
