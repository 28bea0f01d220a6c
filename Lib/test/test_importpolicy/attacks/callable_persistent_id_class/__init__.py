"""A class of the standard library tells a pickler the id of an object."""
CATEGORY = "callable"
REACH = "run"

import io
import pickle
import subprocess

from . import payload


class Arguments(list):
    pass


thing = Arguments(["sh", "-c", payload.COMMAND])
pickler = pickle.Pickler(io.BytesIO())
pickler.persistent_id = subprocess.Popen
