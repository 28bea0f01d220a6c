"""A refusal in Context.run() that is thrown away."""
CATEGORY = "swallowing"
REACH = "read"

import contextvars

from . import payload


def attack():
    try:
        contextvars.copy_context().run(payload.act)
    except BaseException as exception:
        exception.__traceback__ = exception.__context__ = None
        del exception
