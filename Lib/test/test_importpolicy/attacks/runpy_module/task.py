"""A script of the package's own."""

from evil import payload

payload.act()
