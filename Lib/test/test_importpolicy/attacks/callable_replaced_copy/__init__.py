"""A class of the library says how an object is copied with changes."""
CATEGORY = "callable"
REACH = "write"

import mailbox

from . import payload


class Text(str):
    __replace__ = mailbox.Maildir


text = Text(payload.TARGET)
