"""warnings.showwarning is replaced."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import warnings

    def show(*args):
        payload.act()
    warnings.showwarning = show
