"""The application's permit is used where the package is called."""
CATEGORY = "tampering"
REACH = "net"
GRANT = {"net": True}
POLICY = {"socket": "*"}

import sys

from . import payload


def attack():
    import importpolicy
    frame = sys._getframe(1)
    for value in list(frame.f_locals.values()):
        if isinstance(value, importpolicy.permit):
            try:
                value.__exit__(None, None, None)
            except Exception as error:
                print(error)
    payload.act()
