"""A framework's view is called from a stranger."""
CATEGORY = "borrowed"
REACH = "net"
POLICY = {"$walk": "strict", "$hosts": ["framework"]}

from . import payload


def attack():
    import __main__
    import good
    import framework
    framework.dispatch(__main__.view, "evil", payload.PORT)
