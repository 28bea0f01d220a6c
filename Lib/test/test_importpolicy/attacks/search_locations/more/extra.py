"""Would be a part of the granted package."""

from evil import payload


def get():
    payload.act()
