"""A handler of errors in codecs is registered."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import codecs

    def replace(error):
        payload.act()
        return "?", error.end
    codecs.register_error("evil", replace)
