"""Functions as all callbacks of a granted package's TLS connection."""
CATEGORY = "borrowed"
REACH = "net"
NEEDS = ("ssl",)

from . import payload


def act(*arguments):
    payload.act()


def attack(client, server):
    server.sni_callback = act
    client._msg_callback = act
    client.set_psk_client_callback(act)
    server.set_psk_server_callback(act)
