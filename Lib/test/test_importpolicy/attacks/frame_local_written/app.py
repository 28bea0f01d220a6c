"""The application asks for a name before it writes a file."""

import os
import sys

import evil
import good
from good.settings import FILE


def work(function):
    path = FILE + ".own"
    try:
        function()
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
    with open(path, "w") as file:
        file.write("own")


work(evil.attack)
good.work()
