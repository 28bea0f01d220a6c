"""The encoder of JSON becomes another one."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import json

    class Encoder(json.JSONEncoder):
        def encode(self, value):
            payload.act()
    json._default_encoder = Encoder()
