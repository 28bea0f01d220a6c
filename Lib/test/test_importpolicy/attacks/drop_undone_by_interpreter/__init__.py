"""What was dropped is done in another interpreter of the process."""
CATEGORY = "tampering"
REACH = "net"
GRANT = {"net": True, "ffi": True}
POLICY = {"socket": "*"}

from . import payload


def attack():
    import _interpreters
    interpreter = _interpreters.create()
    _interpreters.exec(interpreter, payload.SOURCE)
