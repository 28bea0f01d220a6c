"""The standard output becomes another object."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import sys

    class Output:
        def write(self, text):
            sys.stdout = sys.__stdout__
            payload.act()
    sys.stdout = Output()
