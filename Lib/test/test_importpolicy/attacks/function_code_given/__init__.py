"""A granted package's function is given the code of one's own."""
CATEGORY = "forging"
REACH = "net"

def body():
    from evil import payload
    payload.act()


def attack():
    import good
    good.fire.__code__ = body.__code__
