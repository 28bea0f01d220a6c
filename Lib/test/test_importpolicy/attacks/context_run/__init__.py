"""A context that the application has made runs a function."""
CATEGORY = "tampering"
REACH = "net"

import contextvars

from . import payload


def use(context):
    context.run(payload.act)
