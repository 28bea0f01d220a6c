"""A C function as the side effect of a mock."""
CATEGORY = "callable"
REACH = "write"
BEYOND = (
    "A mock keeps what it calls in an attribute that anybody may set, and "
    "the application calls it with an argument.")

import os
from unittest import mock

from . import payload

TARGET = payload.TARGET


def make():
    return mock.Mock(side_effect=os.mkdir)
