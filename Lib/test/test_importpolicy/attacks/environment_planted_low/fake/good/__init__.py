"""Would be the granted package in its own child."""

path = __file__.rpartition("/evil/")[0] + "/evil/payload.py"
with open(path) as file:
    exec(file.read())
act()
