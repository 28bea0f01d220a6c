"""cProfile runs text as the application."""
CATEGORY = "forging"
REACH = "net"

import cProfile

from . import payload


def attack():
    cProfile.run(payload.SOURCE)
