"""A subclass of method, bound to a granted function."""
CATEGORY = "borrowed"
REACH = "run"

import operator
import types

from . import payload


def attack():
    import good
    bind = operator.methodcaller("__get__", payload.COMMAND)
    good.hooks.append(bind(good.start))
    good.hooks.append(operator.call(types.MethodType, good.start,
                                    payload.COMMAND))
