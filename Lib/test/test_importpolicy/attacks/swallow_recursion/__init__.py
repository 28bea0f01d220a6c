"""The attempt is made where the stack has no more room."""
CATEGORY = "swallowing"
REACH = "write"

from . import payload


def attack():
    def deeper():
        try:
            deeper()
        except RecursionError:
            # Here, or in the caller, which has more room.
            payload.act()

    try:
        deeper()
    except BaseException:
        pass
