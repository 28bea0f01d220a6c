"""Would be a part of the granted package."""

from evil import payload

payload.act()
