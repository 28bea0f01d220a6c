"""A granted function reads an attribute."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def make():
    import good

    class Text(str):
        length = property(good.start)
    return Text(payload.COMMAND)
