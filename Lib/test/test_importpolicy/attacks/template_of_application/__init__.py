"""The application has a granted package evaluate what it was handed."""
CATEGORY = "borrowed"
REACH = "net"
BEYOND = ("What the application has evaluated is its own doing, as anything "
          "that it does with data.")

from . import payload


def attack():
    return payload.SOURCE
