"""The attempt is made again after each refusal."""
CATEGORY = "swallowing"
REACH = "run"

from . import payload


def attack():
    for attempt in range(100):
        try:
            payload.act()
            break
        except BaseException:
            pass
