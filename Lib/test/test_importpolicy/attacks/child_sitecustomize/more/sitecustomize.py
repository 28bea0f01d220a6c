"""Runs when the child starts."""

path = __file__.rpartition("/evil/")[0] + "/evil/payload.py"
with open(path) as file:
    exec(file.read())
act()
