"""A context manager that swallows."""
CATEGORY = "swallowing"
REACH = "run"

from . import payload


class Quiet:
    def __enter__(self):
        pass

    def __exit__(self, *args):
        return True


def attack():
    with Quiet():
        payload.act()
