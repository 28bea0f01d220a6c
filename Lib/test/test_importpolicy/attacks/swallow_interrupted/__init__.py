"""The attempt is made while an exception is on its way."""
CATEGORY = "swallowing"
REACH = "run"

from . import payload


def attack():
    try:
        try:
            raise KeyboardInterrupt
        finally:
            payload.act()
    except BaseException:
        pass
