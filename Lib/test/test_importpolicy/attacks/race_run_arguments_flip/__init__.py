"""A list of arguments that another thread changes."""
CATEGORY = "races"
REACH = "run"
GRANT = {"run": ["true"]}

import subprocess

from . import payload


def attack():
    arguments = ["true", "-c", payload.COMMAND]

    def turn():
        arguments[0] = "true"
        arguments[0] = "sh"

    payload.race(turn, lambda: subprocess.call(arguments))
