"""A granted function is bound to what it shall do."""
CATEGORY = "borrowed"
REACH = "run"
BEYOND = ("A function of Python shows whose it is, and nobody who bound it: "
          "what is called in the end is a granted function, by the "
          "application.")

from . import payload


def attack():
    import good
    import types
    good.hooks.append(types.MethodType(good.start, payload.COMMAND))
