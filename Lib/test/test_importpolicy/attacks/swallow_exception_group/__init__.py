"""except* of a group of refusals."""
CATEGORY = "swallowing"
REACH = "write"

from . import payload


def attack():
    refusals = []
    for attempt in range(2):
        try:
            payload.act()
        except Exception as exception:
            refusals.append(exception)
    if refusals:
        try:
            raise ExceptionGroup("own", refusals)
        except* Exception:
            pass
