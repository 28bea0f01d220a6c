"""The application runs the command that it is given."""
CATEGORY = "borrowed"
REACH = "run"
POLICY = {"$walk": "strict"}

from . import payload


def attack():
    import __main__
    __main__.run(payload.COMMAND)
