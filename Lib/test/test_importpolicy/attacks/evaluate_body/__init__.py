"""A granted package evaluates a text for a body."""
CATEGORY = "borrowed"
REACH = "net"

import good

from . import payload

good.execute(payload.SOURCE)
