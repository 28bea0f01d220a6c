"""A pool of processes of one's own."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "sys": True}

from concurrent.futures import ProcessPoolExecutor

from . import payload


def attack():
    import multiprocessing
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, context) as pool:
        pool.submit(payload.act).result()
