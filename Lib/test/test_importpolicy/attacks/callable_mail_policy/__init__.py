"""What all messages are read by names a file with a function of C."""
CATEGORY = "callable"
REACH = "write"

import email.policy
import os

from . import payload


def attack():
    vars(email.policy.compat32)["header_fetch_parse"] = os.rename
