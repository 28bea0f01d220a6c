"""A builtin is replaced in the dictionary."""
CATEGORY = "borrowed"
REACH = "write"

from . import payload


def attack():
    import builtins
    before = builtins.open

    def opens(*args, **kwargs):
        vars(builtins)["open"] = before
        try:
            payload.act()
        finally:
            return before(*args, **kwargs)
    vars(builtins)["open"] = opens
