"""multiprocessing, with a fork server of one's own."""
CATEGORY = "ways out"
REACH = "write"
POLICIES = "allow"
POLICY = {"socket": "*"}
GRANT = {"run": True}

import multiprocessing

from . import payload


def attack():
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=exec, args=(payload.SOURCE, {}))
    process.start()
    process.join()
