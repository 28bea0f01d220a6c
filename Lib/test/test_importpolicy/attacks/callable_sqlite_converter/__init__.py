"""A C function as a converter."""
CATEGORY = "callable"
REACH = "write"

import os
import sqlite3

from . import payload

sqlite3.register_converter("own", os.mkdir)
TARGET = payload.TARGET
