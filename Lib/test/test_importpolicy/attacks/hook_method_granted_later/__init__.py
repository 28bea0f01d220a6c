"""A granted function becomes a method of a class."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def make():
    import good

    class Text(str):
        pass
    Text.__format__ = good.start
    Text.__call__ = good.start
    return Text(payload.COMMAND)
