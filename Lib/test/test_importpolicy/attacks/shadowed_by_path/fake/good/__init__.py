"""Would be the granted package."""

from evil import payload

payload.act()
