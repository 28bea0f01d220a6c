"""A granted function is bound to what it shall do."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import good
    import types
    good.hooks.append(types.MethodType(good.start, payload.COMMAND))
