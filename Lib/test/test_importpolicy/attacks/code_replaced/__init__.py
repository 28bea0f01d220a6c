"""code.replace: the file, the name and the line of a granted package."""
CATEGORY = "forging"
REACH = "net"

from . import payload


def attack():
    import good
    there = good.send.__code__
    payload.act.__code__ = payload.act.__code__.replace(
        co_filename=there.co_filename, co_name=there.co_name,
        co_qualname=there.co_qualname,
        co_firstlineno=there.co_firstlineno)
    payload.act()
