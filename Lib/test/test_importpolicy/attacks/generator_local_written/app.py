"""The application has a generator that writes a file in the end."""

import sys

import evil
import good
from good.settings import FILE


def saving():
    path = FILE + ".own"
    yield
    with open(path, "w") as file:
        file.write("own")


generator = saving()
next(generator)
try:
    evil.attack(generator)
except BaseException:
    sys.__excepthook__(*sys.exc_info())
next(generator, None)
good.work()
