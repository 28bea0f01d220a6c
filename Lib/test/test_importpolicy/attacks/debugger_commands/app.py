"""The application: uses the debugger."""

import sys
import pdb

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except Exception:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(pdb.Pdb().runcall, attempt, len, "")
good.work()
