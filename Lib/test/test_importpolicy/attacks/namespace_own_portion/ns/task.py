"""Would be a part of the namespace."""

from evil import payload

payload.act()
