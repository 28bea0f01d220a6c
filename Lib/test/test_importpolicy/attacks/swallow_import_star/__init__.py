"""from ... import * of a module that was refused."""
CATEGORY = "swallowing"
REACH = "net"

from . import payload


def attack():
    try:
        import socket
    except ImportError:
        pass
    try:
        exec("from socket import *\n" + payload.SOURCE)
    except BaseException:
        pass
