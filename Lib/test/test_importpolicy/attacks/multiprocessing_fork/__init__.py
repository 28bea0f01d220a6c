"""multiprocessing, with fork."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "sys": True}

import multiprocessing

from . import payload


def attack():
    context = multiprocessing.get_context("fork")
    process = context.Process(target=payload.act)
    process.start()
    process.join()
