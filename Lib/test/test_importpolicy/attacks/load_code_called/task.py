"""The file that is loaded under the other name."""

from evil import payload

payload.act()
