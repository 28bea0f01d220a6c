"""What the granted package would become."""

from evil import payload

payload.act()
