"""The attempt is made by an import in an except clause."""
CATEGORY = "swallowing"
REACH = "net"

from . import payload


def attack():
    try:
        1 / 0
    except ZeroDivisionError:
        try:
            import socket
        except ImportError:
            pass
    try:
        payload.act()
    except BaseException:
        pass
