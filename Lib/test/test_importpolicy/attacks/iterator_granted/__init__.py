"""An iterator that calls a granted function is handed over."""
CATEGORY = "borrowed"
REACH = "run"
BEYOND = ("A function of Python shows whose it is, and nobody who mapped it: "
          "what is called in the end is a granted function, by the "
          "application.")

from . import payload


def attack():
    import good
    return map(good.start, [payload.COMMAND])
