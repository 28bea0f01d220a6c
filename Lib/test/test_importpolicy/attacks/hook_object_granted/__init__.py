"""An object of a granted class says what shall be done."""
CATEGORY = "borrowed"
REACH = "run"
BEYOND = """An object is data, whoever made it: what it is told to do is the
application's doing, as with anything that it is handed."""

from . import payload


def make():
    import good

    return good.Job(payload.COMMAND)
