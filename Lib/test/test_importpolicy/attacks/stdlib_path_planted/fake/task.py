"""Would be a part of the standard library."""

from evil import payload

payload.act()
