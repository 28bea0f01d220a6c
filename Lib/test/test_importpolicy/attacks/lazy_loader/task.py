"""Runs when somebody asks for one of its attributes."""

from evil import payload

payload.act()
name = "task"
