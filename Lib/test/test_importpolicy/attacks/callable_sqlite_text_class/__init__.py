"""A class of the standard library is what a database makes of texts."""
CATEGORY = "callable"
REACH = "write"

import logging
import sqlite3

from . import payload


connection = sqlite3.connect(":memory:")
connection.text_factory = logging.FileHandler
TARGET = payload.TARGET
