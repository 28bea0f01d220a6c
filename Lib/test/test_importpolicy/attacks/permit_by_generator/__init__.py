"""A generator that was begun in a block goes on acting in it."""
CATEGORY = "tampering"
REACH = "net"
GRANT = {"net": True}
POLICY = {"socket": "*"}

from . import payload


def work():
    yield
    payload.act()


def begin():
    generator = work()
    next(generator)
    return generator
