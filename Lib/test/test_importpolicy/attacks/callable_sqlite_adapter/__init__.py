"""A C function as an adapter."""
CATEGORY = "callable"
REACH = "write"

import os
import sqlite3

from . import payload


class Name(str):
    pass


sqlite3.register_adapter(Name, os.mkdir)
NAME = Name(payload.TARGET)
