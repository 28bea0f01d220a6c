"""A granted package makes a function of a text, which is called later."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good
    names = {}
    good.execute("def hook():\n    " + payload.SOURCE, names)
    good.hooks.append(names["hook"])
