"""The application stores what it was told."""

import sqlite3
import sys

import evil
import good

try:
    database = sqlite3.connect(":memory:")
    database.execute("select ?", (evil.attack(),)).fetchall()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
