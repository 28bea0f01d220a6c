"""The application selects what it was told, by a type that has a converter."""

import sqlite3
import sys

import evil
import good

try:
    text = evil.attack()
    database = sqlite3.connect(":memory:",
                               detect_types=sqlite3.PARSE_COLNAMES)
    database.execute("select ? as 'x [FOO]'", (text,)).fetchall()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
