"""The application uses what evil has given it."""

import argparse
import sys

import evil

try:
    parser = argparse.ArgumentParser()
    evil.attack(parser)
    parser.parse_args([])
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
