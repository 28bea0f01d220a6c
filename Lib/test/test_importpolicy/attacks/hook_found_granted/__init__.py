"""A granted package's function is written into a table that all share."""
CATEGORY = "borrowed"
REACH = "run"
NEEDS = ("sqlite3",)
BEYOND = """The function shows whose it is, and not who has put it there; the
application has it called. Registered, it would act for whoever registered it,
too."""

import sqlite3

import good

from . import payload


def attack():
    sqlite3.converters["FOO"] = good.start
    return payload.COMMAND
