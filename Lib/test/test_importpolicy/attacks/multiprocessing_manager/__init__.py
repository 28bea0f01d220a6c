"""A manager's server calls what it is asked to."""
CATEGORY = "ways out"
REACH = "write"
POLICIES = "allow"
POLICY = {"socket": "*"}
GRANT = {"run": True}

from multiprocessing.managers import BaseManager

from . import payload


class Manager(BaseManager):
    pass


Manager.register("act", payload.act)


def attack():
    import multiprocessing
    manager = Manager(ctx=multiprocessing.get_context("fork"))
    manager.start()
    try:
        manager.act()
    finally:
        manager.shutdown()
