"""The type of the application's own option becomes a class of the library."""
CATEGORY = "callable"
REACH = "write"

import mailbox

from . import payload


def attack(action):
    action.type = mailbox.Maildir
    action.default = payload.TARGET
