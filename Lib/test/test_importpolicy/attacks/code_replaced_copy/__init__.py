"""copy.replace and __replace__ of a granted package's code."""
CATEGORY = "forging"
REACH = "net"

import copy

from . import payload


def attack():
    import good
    code = copy.replace(payload.act.__code__,
                        co_filename=good.__file__)
    code = code.__replace__(co_name="send")
    exec(code, vars(good) | vars(payload))
