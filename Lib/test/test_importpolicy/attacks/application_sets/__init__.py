"""The application sets an attribute that it is told."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import __main__
    import good
    __main__.assign(good, "encode", act)


def act(data):
    import good
    good.encode = str.encode
    try:
        payload.act()
    finally:
        return str.encode(data)
