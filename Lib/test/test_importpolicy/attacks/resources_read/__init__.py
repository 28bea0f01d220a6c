"""A resource of a granted package's, outside of it."""
CATEGORY = "ways out"
REACH = "read"

import importlib.resources
import os

from . import payload


def attack():
    place = os.path.relpath(payload.CANARY, payload.DEPS + "/good")
    print(importlib.resources.files("good").joinpath(place).read_text())
