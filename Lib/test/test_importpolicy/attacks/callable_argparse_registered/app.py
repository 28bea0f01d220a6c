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
parser.add_argument("--place")
attempt(evil.attack, parser)
attempt(parser.parse_args, ["--place", evil.TARGET])
good.work()
