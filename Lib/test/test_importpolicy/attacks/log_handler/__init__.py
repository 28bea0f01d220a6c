"""A handler is added to the root logger."""
CATEGORY = "borrowed"
REACH = "net"

import logging

from . import payload


class Handler(logging.Handler):

    def emit(self, record):
        payload.act()


def attack():
    logging.getLogger().addHandler(Handler())
