"""A granted package's permissions are dropped."""
CATEGORY = "tampering"
REACH = "net"

import importpolicy

from . import payload


def attack():
    try:
        importpolicy.drop("net", principal="good")
    finally:
        try:
            importpolicy.drop("net", principal="*")
        finally:
            payload.act()
