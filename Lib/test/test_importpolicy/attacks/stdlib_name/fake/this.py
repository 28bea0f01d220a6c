"""Would be a module of the standard library."""

from evil import payload

payload.act()
