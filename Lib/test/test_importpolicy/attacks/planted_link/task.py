"""What the link leads to."""

from evil import payload

payload.act()
