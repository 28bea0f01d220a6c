"""The attempt is in a module's __getattr__."""
CATEGORY = "swallowing"
REACH = "run"

from . import payload


def __getattr__(name):
    if name != "own":
        raise AttributeError(name)
    try:
        payload.act()
    except BaseException:
        raise AttributeError(name) from None


def attack():
    import evil
    getattr(evil, "own", None)
