"""Context.run(), called with a C function by the application."""
CATEGORY = "callable"
REACH = "write"
BEYOND = (
    "The application itself names the C function and calls with it: nothing "
    "of it was built by somebody else.")

import contextvars

from . import payload

TARGET = payload.TARGET


def make():
    return contextvars.Context().run
