"""The application: fetches a page."""

import sys
import urllib.request

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except Exception:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(urllib.request.urlopen, "http://127.0.0.1:1/evil", None, 5)
good.work()
