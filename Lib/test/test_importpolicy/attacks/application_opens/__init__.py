"""The application calls an object that is a function of C."""
CATEGORY = "borrowed"
REACH = "run"
BEYOND = ("Nothing tells a function that the application was handed from one "
          'that it has itself: say in "__main__" of $permissions what it may.')

import os

from . import payload

tool = os.system


def attack():
    return payload.COMMAND
