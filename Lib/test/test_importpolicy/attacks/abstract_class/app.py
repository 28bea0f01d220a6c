"""The application writes to whatever is a sink."""

import abc
import sys

import evil
import good


class Sink(abc.ABC):
    pass


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


sink = attempt(evil.attack)
if isinstance(sink, Sink):
    attempt(sink.write, "text")
good.work()
