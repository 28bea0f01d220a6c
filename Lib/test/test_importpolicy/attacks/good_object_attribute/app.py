"""The application hands over a client that it goes on using."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


client = good.Client()
attempt(evil.attack, client)
attempt(client.send)
good.work()
