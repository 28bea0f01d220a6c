"""multiprocessing, with spawn."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "sys": True}

import multiprocessing

from . import payload


def attack():
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=exec, args=(payload.SOURCE, {}))
    process.start()
    process.join()
