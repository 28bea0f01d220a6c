"""The application shares an object with other processes."""

import multiprocessing
import sys
from multiprocessing.managers import BaseManager

import evil
import good


class Manager(BaseManager):
    pass


def share():
    Manager.register("Shared", evil.Shared)
    with Manager(ctx=multiprocessing.get_context("fork")) as manager:
        manager.Shared()


if __name__ == "__main__":
    try:
        evil.attack()
        share()
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
    good.work()
