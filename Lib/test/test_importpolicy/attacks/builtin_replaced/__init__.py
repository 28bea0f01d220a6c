"""A builtin is replaced, and a granted package calls it."""
CATEGORY = "borrowed"
REACH = "write"

from . import payload


def attack():
    import builtins
    before = builtins.open

    def opens(*args, **kwargs):
        builtins.open = before
        try:
            payload.act()
        finally:
            return before(*args, **kwargs)
    builtins.open = opens
