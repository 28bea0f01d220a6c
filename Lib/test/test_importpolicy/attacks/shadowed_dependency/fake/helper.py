"""Would be what the granted package imports."""

from evil import payload


def help():
    payload.act()
