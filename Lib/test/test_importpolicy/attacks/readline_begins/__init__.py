"""Settings that readline reads when it is imported include a file."""
CATEGORY = "borrowed"
REACH = "read"
NEEDS = ("readline",)

from . import payload


def attack():
    with open(payload.ROOT + "/home/.inputrc", "w") as file:
        file.write(f"$include {payload.CANARY}\n")
    import readline
