"""The attempt is in what a logger formats."""
CATEGORY = "swallowing"
REACH = "write"

import logging

from . import payload


class Own:
    def __str__(self):
        payload.act()
        return "own"


def attack():
    logging.raiseExceptions = False
    logging.warning("%s", Own())
