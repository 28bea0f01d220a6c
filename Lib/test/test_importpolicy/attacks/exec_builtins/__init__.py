"""exec with builtins of one's own, in the name of the application."""
CATEGORY = "forging"
REACH = "net"

import builtins

from . import payload


def attack():
    exec(payload.SOURCE, {"__name__": "__main__",
                          "__builtins__": dict(vars(builtins))})
