"""A granted coroutine, made by a `with` statement and kept behind its back."""
CATEGORY = "deferred"
REACH = "net"

import functools

from good import later

from . import payload


def made():
    return map(later.say, [payload.HOST] * 4, [payload.PORT] * 4,
               [b"evil"] * 4)


def ways(kept):
    """Attributes that call later.say(), keep what it gives and give None."""
    yield map(kept.append, made()).__next__
    yield functools.lru_cache(lambda *error: kept.extend(made()))
    yield staticmethod(functools.partial(kept.extend, made()))


async def make():
    kept = []
    for way in ways(kept):
        for name in "__aenter__", "__aexit__":
            async def nothing(self, *error):
                return False

            names = {"__aenter__": nothing, "__aexit__": nothing}
            names[name] = way
            try:
                async with type("Keeping", (), names)():
                    pass
            except TypeError:
                pass
            try:
                async with type("Keeping", (), names)():
                    raise LookupError
            except (TypeError, LookupError):
                pass
    assert kept, payload.HOST
    return kept
