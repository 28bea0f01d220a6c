"""The module takes a granted package's names."""
CATEGORY = "forging"
REACH = "net"

from . import payload


def attack():
    import good
    for name in ("__name__", "__file__", "__package__", "__spec__",
                 "__loader__", "__path__", "__cached__"):
        globals()[name] = getattr(good, name)
    payload.act()
