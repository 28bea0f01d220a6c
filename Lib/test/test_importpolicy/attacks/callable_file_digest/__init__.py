"""A digest is updated by a function of C."""
CATEGORY = "callable"
REACH = "run"

import io
import os

from . import payload


class Digest:
    update = os.system


class File(io.BytesIO):

    def getbuffer(self):
        return payload.COMMAND


def attack():
    pass
