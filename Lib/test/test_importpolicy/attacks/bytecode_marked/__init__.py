"""The bytes of a code object are written in place."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("baseline", "deny")

from . import payload


def attack():
    view = memoryview(payload.act.__code__.co_code)
    try:
        view[0] = 0
    except TypeError:
        pass
    import good
    code = payload.act.__code__.replace(
        co_code=bytes(payload.act.__code__.co_code),
        co_filename=good.__file__,
        co_consts=payload.act.__code__.co_consts + (1,))
    payload.act.__code__ = code
    payload.act()
