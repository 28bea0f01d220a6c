"""What the other directory has."""

from evil import payload

payload.act()
