"""A resource, handed to the application before it is read."""
CATEGORY = "ways out"
REACH = "read"
BEYOND = ("A path is data: what the application reads is what it was handed, "
          "and it reads it.")

import importlib.resources
import os

from . import payload


def attack():
    place = os.path.relpath(payload.CANARY, payload.DEPS + "/good")
    return importlib.resources.files("good").joinpath(place)
