"""A class of the standard library is the type of an argument."""
CATEGORY = "callable"
REACH = "write"

import mailbox

from . import payload


def attack(parser):
    parser.add_argument("place", type=mailbox.Maildir)


TARGET = payload.TARGET
