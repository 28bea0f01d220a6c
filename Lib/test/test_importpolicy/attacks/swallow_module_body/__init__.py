"""The attempt is in a module's body that fails."""
CATEGORY = "swallowing"
REACH = "write"

from . import payload

try:
    payload.act()
except BaseException:
    pass
