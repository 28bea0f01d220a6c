"""The type of the application's own option becomes one that opens files."""
CATEGORY = "callable"
REACH = "write"

import argparse

from . import payload


def attack(action):
    action.type = argparse.FileType("w")
    action.default = payload.TARGET
