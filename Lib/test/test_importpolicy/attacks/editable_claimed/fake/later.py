"""Would be the package that was granted and is not there."""

from evil import payload


def get():
    payload.act()
