"""The child's main module."""

from evil import payload

payload.act()
