"""What is recoded is decoded by a C function, as errors say."""
CATEGORY = "callable"
REACH = "write"

from . import payload


def attack(file):
    file.decode = exec
    file.errors = {}


TEXT = payload.SOURCE.encode()
