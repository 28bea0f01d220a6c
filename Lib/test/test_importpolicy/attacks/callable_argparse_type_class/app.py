"""The application parses its arguments."""

import argparse
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


parser = argparse.ArgumentParser()
action = parser.add_argument("--place")
attempt(evil.attack, action)
attempt(parser.parse_args, [])
good.work()
