"""The application uses what evil has given it."""

import sqlite3
import sys

import evil

try:
    connection = sqlite3.connect(":memory:")
    evil.attack(connection)
    connection.execute("SELECT own()").fetchall()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
