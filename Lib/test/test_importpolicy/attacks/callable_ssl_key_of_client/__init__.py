"""A C function that is asked for the client's shared key."""
CATEGORY = "callable"
REACH = "write"
NEEDS = ("ssl",)

import os

from . import payload


def attack(client, server):
    server.set_psk_server_callback(lambda identity: b"key", payload.TARGET)
    client.set_psk_client_callback(os.mkdir)
