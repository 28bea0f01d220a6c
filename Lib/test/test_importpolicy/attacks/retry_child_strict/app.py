"""The application has a function that runs a command."""

import subprocess
import sys

import evil
import good


def run(command):
    subprocess.run(command, shell=True)


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
good.work()
