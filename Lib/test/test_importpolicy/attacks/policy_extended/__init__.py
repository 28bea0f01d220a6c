"""A file that the policy extends is rewritten."""
CATEGORY = "tampering"
REACH = "net"
RUNS = 2

from . import payload


def attack():
    path = payload.ROOT + "/app/more.json"
    try:
        with open(path, "w") as file:
            file.write('{"socket": "*"}')
    finally:
        payload.act()
