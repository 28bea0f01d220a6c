"""A parser of settings asks a function of C what an option is called."""
CATEGORY = "callable"
REACH = "run"

import configparser
import os

from . import payload

settings = configparser.ConfigParser()


def attack():
    settings.read_string("[own]\n")
    settings.optionxform = os.system
