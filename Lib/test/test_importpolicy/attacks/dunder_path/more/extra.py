"""Would be a part of the granted package."""

import evil.payload


def get():
    evil.payload.act()
