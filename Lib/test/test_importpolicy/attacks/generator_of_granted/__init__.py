"""A granted package's generator, begun with arguments of evil's."""
CATEGORY = "deferred"
REACH = "net"
BEYOND = """A generator shows whose function it is, and not who called that
(a coroutine does); the application goes through what it is handed.  "$walk":
"strict" judges who called it, too."""

from good import later

from . import payload


def make():
    return later.sending("evil", payload.PORT)
