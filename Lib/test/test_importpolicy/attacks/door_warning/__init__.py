"""A warning shows a line of the file that it says it is about."""
CATEGORY = "tampering"
REACH = "read"

from . import payload


def attack():
    import warnings
    warnings.showwarning("text", UserWarning, payload.CANARY, 1)
