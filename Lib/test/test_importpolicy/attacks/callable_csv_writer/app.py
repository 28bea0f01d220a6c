"""The application writes a table."""

import csv
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(lambda: csv.writer(evil.stream).writerow(evil.ROW))
good.work()
