"""A granted function is a method of a class."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def make():
    import good

    class Text(str):
        run = good.start
    return Text(payload.COMMAND)
