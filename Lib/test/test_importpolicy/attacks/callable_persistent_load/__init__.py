"""A C function as persistent_load of an unpickler."""
CATEGORY = "callable"
REACH = "write"

import io
import os
import pickle

from . import payload


def make():
    data = b"\x80\x00P" + payload.TARGET.encode() + b"\n."
    unpickler = pickle.Unpickler(io.BytesIO(data))
    unpickler.persistent_load = os.mkdir
    return unpickler
