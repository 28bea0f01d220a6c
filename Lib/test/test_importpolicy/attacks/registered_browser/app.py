"""The application: shows a page."""

import sys
import webbrowser

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except Exception:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(webbrowser.open, "http://localhost/")
good.work()
