"""A granted package's file is added to, where there is a lock."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"
LOCKED = True
RUNS = 2

from . import payload


def attack():
    import good
    path = good.__path__[0] + "/settings.py"
    with open(path, "a") as file:
        file.write(f"""
try:
    exec({payload.SOURCE!r}, {{}})
except Exception:
    pass
""")
