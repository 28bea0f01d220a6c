"""The same, set on the application's parser."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload

TARGET = payload.TARGET


def attack(parser):
    parser.CommentHandler = os.mkdir
