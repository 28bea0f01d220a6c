"""A class says that it is of a granted package's module."""
CATEGORY = "forging"
REACH = "net"

from . import payload


def attack():
    import good

    def send(self):
        payload.act()

    send.__module__ = "good"
    send.__qualname__ = "Client.send"
    kind = type("Client", (good.Client,), {"__module__": "good",
                                           "send": send})
    kind().send()
